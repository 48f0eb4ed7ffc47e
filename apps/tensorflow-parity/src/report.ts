import { compareAll, type Section } from "./compare.js";
import { type CutPath, measureCutPath } from "./cut-path.js";
import type { Program } from "./programs.js";
import type { Recorded } from "./recorded.js";
import { tensorFlowJsVersion } from "./tensorflow-js.js";
import { measureTwoRows, type TwoRows } from "./two-rows.js";
import { measureZeroTests, type ZeroTests } from "./zero-tests.js";

/** Everything that a run finds out. */
export interface Report {
  readonly epsilon: number;
  readonly versions: { readonly tensorFlow: string; readonly tensorFlowJs: string };
  /** Whether every program agrees with TensorFlow where it must, and differs where the fault is. */
  readonly asExpected: boolean;
  readonly sections: readonly Section[];
  readonly cutPath: readonly CutPath[];
  readonly twoRows: TwoRows;
  readonly zeroTests: ZeroTests;
}

const inTraining = (recorded: Recorded, n: number) => recorded.find(n, "train", "float64").input;

export function createReport(recorded: Recorded, programs: readonly Program[]): Report {
  const { sections, asExpected } = compareAll(recorded, programs);
  return {
    epsilon: recorded.epsilon,
    versions: { tensorFlow: recorded.version, tensorFlowJs: tensorFlowJsVersion },
    asExpected,
    sections,
    cutPath: [2, 4, 32].map((n) => measureCutPath(inTraining(recorded, n))),
    // What is recorded cannot be asked about new numbers.
    twoRows: measureTwoRows(programs.filter(({ id }) => id !== "tensorflow" && id !== "repaired")),
    zeroTests: measureZeroTests(inTraining(recorded, 32)),
  };
}
