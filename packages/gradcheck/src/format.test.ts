import { expect, test } from "vitest";
import { formatGradientCheck } from "./format.js";
import { type GradientElement, summarize, summarizeMode } from "./gradient-check.js";

const element = (name: string, index: number[], used: number): GradientElement => ({
  name,
  index,
  mode: "train",
  analytic: 1.5,
  numeric: -0.25,
  error: 1.75,
  explained: 3e-11,
  used,
});

test("a pass: one aligned line for each gradient, and what forward changes", () => {
  const check = summarize([
    summarizeMode(
      "train",
      [
        { name: "dx", elements: 12, outside: 0, kinks: 0, worst: element("dx", [3, 1], 0.25) },
        { name: "gamma", elements: 0, outside: 0, kinks: 0, worst: undefined },
      ],
      ["popMean", "popVar"],
    ),
  ]);
  expect(formatGradientCheck(check)).toBe(
    [
      "gradient check passed: 0 of 12 elements outside the tolerance",
      "mode   gradient  elements  outside  kinks  worst      analytic        numeric   error  explained  used",
      "train  dx              12        0      0  [3, 1]  1.500000000  -0.2500000000  1.8e+0    3.0e-11  0.25",
      "train  gamma            0        0      0  -                 -              -       -          -     -",
      "train: forward changes popMean, popVar",
    ].join("\n"),
  );
});

test("a failure names the worst element first", () => {
  const check = summarize([
    summarizeMode(
      "train",
      [{ name: "gamma", elements: 4, outside: 2, kinks: 0, worst: element("gamma", [2], 7) }],
      [],
    ),
  ]);
  expect(formatGradientCheck(check).split("\n")[0]).toBe(
    "gradient check FAILED: 2 of 4 elements outside the tolerance, worst gamma[2] in train",
  );
});

test("too many kinks, and a tensor that is nothing else, are said", () => {
  const check = summarize([
    summarizeMode(
      "eval",
      [
        { name: "dx", elements: 39, outside: 0, kinks: 2, worst: element("dx", [0], 0.5) },
        { name: "bias", elements: 1, outside: 0, kinks: 1, worst: undefined },
      ],
      [],
    ),
  ]);
  expect(check.pass).toBe(false);
  expect(formatGradientCheck(check).split("\n").slice(-2)).toEqual([
    "eval: 3 of 40 elements are at kinks, 7.5 % where 5 % may be: choose another input",
    "eval: all of bias is at kinks and was not checked: choose another input",
  ]);
});
