import { beforeAll, describe, expect, it } from "vitest";
import { experiment } from "./experiment.js";
import { type Gallery, isAsExpected, trainGallery } from "./gallery.js";
import { endsOf } from "./run-ends.js";
import { fewDigits, smallJob } from "./test-digits.js";

const digits = fewDigits();
const ids = ["stats-never-updated", "train-formula-in-eval", "variance-cancellation"] as const;

describe("a gallery", () => {
  let gallery: Gallery;
  const seen: string[] = [];
  beforeAll(async () => {
    gallery = await trainGallery(ids, digits, smallJob, ({ run, step }, place, runs) => {
      if (step === 1) seen.push(`${place}/${runs} ${run}`);
    });
  });

  it("trains no batch norm, the correct one, and each fault, and says which of how many it is", () => {
    expect(seen).toEqual([
      "1/5 no-batch-norm",
      "2/5 batch-norm",
      "3/5 stats-never-updated",
      "4/5 train-formula-in-eval",
      "5/5 variance-cancellation",
    ]);
  });

  it("has a row for each: whether curves show it, what the judge named, which checks failed", () => {
    expect(gallery.correct).toMatchObject({ name: "batch-norm", grade: null, visible: "no", named: [] });
    expect(gallery.faults).toMatchObject([
      {
        name: "stats-never-updated",
        grade: "wrong",
        visible: "yes",
        named: ["stats-never-updated"],
        failedChecks: [
          "running-pair-replay",
          "batch-statistics-update",
          "running-pair-near-data",
          "train-eval-gap",
        ],
        asExpected: true,
      },
      {
        name: "train-formula-in-eval",
        grade: "wrong",
        visible: "no",
        signs: [],
        named: ["train-formula-in-eval"],
        failedChecks: ["eval-gradient"],
      },
      { name: "variance-cancellation", grade: "fragile", named: ["variance-cancellation"], failedChecks: [] },
    ]);
    expect(isAsExpected(gallery)).toBe(true);
  });

  it("has the ends of the same runs as the command has one by one", async () => {
    const { runs } = await experiment(digits, { ...smallJob, fault: "train-formula-in-eval" });
    const [without, planted] = runs.map((run) => endsOf(run, smallJob.epochs));
    expect(gallery.withoutBatchNorm.ends).toEqual(without);
    expect(gallery.faults[1].ends).toEqual(planted);
  });

  it("is not as expected where a fault goes unnamed or the correct one is accused", () => {
    const { correct, faults } = gallery;
    const missed = { ...faults[0], asExpected: false };
    expect(isAsExpected({ ...gallery, faults: [...faults, missed] })).toBe(false);
    expect(isAsExpected({ ...gallery, correct: { ...correct, asExpected: false } })).toBe(false);
  });
});

it.each([
  ["decay-inverted", 0.5, "no fault", []],
  ["decay-inverted", 0, "stats-never-updated", ["stats-never-updated"]],
  ["decay-inverted", "cumulative", "a failed check", []],
  ["stats-updated-twice", 0, "no fault", []],
  ["stats-updated-twice", "cumulative", "a failed check", []],
  ["stats-average-inverse-deviation", 0, "no fault", []],
] as const)(
  "with some decays a fault is another, or none: %s at %s is %s",
  async (id, decay, expected, named) => {
    const settings = { ...smallJob, hidden: [8], epochs: 1, decay };
    const gallery = await trainGallery([id], digits, settings);
    expect(gallery.faults).toMatchObject([{ expected, named, asExpected: true }]);
  },
);

it("runs that broke down are rows", async () => {
  const gallery = await trainGallery(["sum-for-mean"], digits, { ...smallJob, learningRate: 1e30 });
  expect(gallery.faults[0]).toMatchObject({
    visible: "yes",
    failedChecks: expect.arrayContaining(["finite"]),
  });
  expect(Object.values(gallery.faults[0].ends)).toEqual([NaN, NaN, NaN, NaN]);
  expect(gallery.correct.asExpected).toBe(false);
});
