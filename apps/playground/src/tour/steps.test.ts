import type { Verdict } from "@handgrad/bn-doctor";
import { expect, it } from "vitest";
import { defaults } from "../settings/settings.js";
import type { Happening } from "./happening.js";
import { steps } from "./steps.js";

const certainOf = (digit: number) => new Float32Array(10).fill(0, 0).fill(1, digit, digit + 1);
const fault = { grade: "wrong", status: "present", meaning: "", layer: "layer 1" } as const;
const verdict = (changes: Partial<Verdict>): Verdict => ({
  healthy: true,
  checks: [],
  faults: [],
  ...changes,
});
const open = { id: "train-eval-gap", passed: "inconclusive", value: null, bound: null, meaning: "" } as const;
const answered = (train: number, evaluated: number) => ({
  plain: certainOf(train),
  batchNorm: { train: certainOf(train), eval: certainOf(evaluated) },
});
const nothing: Happening = { settings: defaults, step: 0, prediction: undefined, verdict: undefined };

/** What does each step, in order. */
const doings: readonly Happening[] = [
  { ...nothing, step: 100 },
  { ...nothing, step: 50, prediction: answered(3, 3) },
  { ...nothing, settings: steps[2].settings, step: 50, prediction: answered(3, 5) },
  {
    ...nothing,
    settings: steps[3].settings,
    step: 50,
    verdict: verdict({ healthy: false, faults: [{ ...fault, id: "train-formula-in-eval" }] }),
  },
  { ...nothing, settings: steps[4].settings, step: 50, verdict: verdict({ checks: [open] }) },
];

it.each(doings.map((doing, i) => [i + 1, doing] as const))(
  "step %i is done by what it asks for, and no other step is",
  (number, doing) => {
    expect(steps.map(({ done }) => done(doing))).toEqual(steps.map((_, i) => i + 1 === number));
  },
);

it.each<[string, Happening]>([
  ["nothing", nothing],
  ["modes that disagree without a fault", { ...doings[1], prediction: answered(3, 5) }],
  ["a digit before 50 steps", { ...doings[2], step: 49 }],
  ["training without batch norm", { ...doings[0], settings: { ...defaults, batchNorm: false } }],
  [
    "a verdict that names another fault",
    { ...doings[3], verdict: verdict({ healthy: false, faults: [{ ...fault, id: "wrong-axis" }] }) },
  ],
  ["a slow decay that is judged", { ...doings[4], verdict: verdict({}) }],
])("%s does no step", (_, happening) => {
  expect(steps.filter(({ done }) => done(happening))).toEqual([]);
});
