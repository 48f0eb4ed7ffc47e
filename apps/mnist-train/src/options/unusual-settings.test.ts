import { expect, it } from "vitest";
import { defaults } from "../run/settings.js";
import { parseOptions } from "./options.js";
import { unlikeMeasured, unusualSettings } from "./unusual-settings.js";

const said = (args: string) => {
  const request = parseOptions(args.split(" "));
  if (request.kind !== "train") throw new Error("no training was asked for");
  return unusualSettings(request.options.settings);
};

it("is empty for the defaults, whoever wrote them", () => {
  expect(unusualSettings(defaults)).toBe("");
  expect(said("--epochs 5 --optimizer sgd --lr 0.1 --hidden 256,128")).toBe("");
});

it("names every other setting by its option, also what follows from one", () => {
  expect(said("--optimizer adamw")).toBe("--optimizer adamw --lr 0.001 --weight-decay 0.01");
  expect(said("--hidden 8,9 --seed 0 --decay cumulative --data d --fault decay-inverted")).toBe(
    "--data d --hidden 8,9 --decay cumulative --seed 0 --fault decay-inverted",
  );
});

it("tells the judge of a training unlike the measured ones, and of no more", () => {
  const settings = { ...defaults, learningRate: 1, epochs: 9, hidden: [3] };
  expect(unlikeMeasured(settings)).toBeUndefined();
  expect(
    unlikeMeasured({ ...settings, data: "d", optimizer: "adam", schedule: "step", weightDecay: 1 }),
  ).toBe("--data d --optimizer adam --schedule step --weight-decay 1");
  expect(unlikeMeasured({ ...settings, activation: "gelu", init: "ones" })).toBe(
    "--activation gelu --init ones",
  );
});

it.each([
  "--data a --epochs 2 --batch-size 3 --optimizer adam --lr 0.5 --schedule cosine --weight-decay 0.2 --hidden 4 --activation gelu --init ones --decay 0 --epsilon 1 --variance-correction unbiased --seed 9 --batch-norm b.js",
])("gives the options back: %s", (args) => expect(said(args)).toBe(args));
