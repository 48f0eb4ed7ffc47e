import type { Check, CheckId } from "@handgrad/bn-doctor";
import { expect, it } from "vitest";
import type { Ends } from "./run-ends.js";
import { visibilityOf } from "./visibility.js";

const correct: Ends = { trainLoss: 0.1, evalTrainLoss: 0.2, testLoss: 0.4, testAccuracy: 0.9 };
const check = (id: CheckId, passed: Check["passed"]): Check => ({
  id,
  passed,
  value: null,
  bound: null,
  meaning: "",
});

it.each<[changes: Partial<Ends>, failed: CheckId[], visible: string, signs: string[]]>([
  [{}, [], "no", []],
  [{ trainLoss: 0.114, testLoss: 0.36 }, [], "no", []],
  [{ testAccuracy: 0.1 }, [], "no", []],
  [{}, ["train-gradient", "running-pair-replay"], "no", []],
  [{ evalTrainLoss: 0.24 }, [], "hardly", ["eval × 1.2"]],
  [{ evalTrainLoss: 0.16 }, [], "hardly", ["eval × 0.80"]],
  [{}, ["running-pair-near-data"], "hardly", ["running-pair-near-data"]],
  [{ testLoss: 0.61 }, [], "yes", ["test × 1.5"]],
  [{ trainLoss: 0.05 }, ["running-pair-near-data"], "yes", ["train × 0.50"]],
  [{}, ["train-eval-gap"], "yes", ["train-eval-gap"]],
  [{}, ["learns-faster-than-none"], "yes", ["learns-faster-than-none"]],
  [{ testLoss: Number.NaN }, ["finite"], "yes", ["finite", "test × NaN"]],
])("%j with %j failed: %s", (changes, failed, visible, signs) => {
  const checks = [...failed.map((id) => check(id, false)), check("train-eval-gap", "inconclusive")];
  expect(visibilityOf({ ...correct, ...changes }, correct, checks)).toEqual({ visible, signs });
});
