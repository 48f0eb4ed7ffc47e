import type { Curve, Verdict } from "@handgrad/bn-doctor";
import { type NamedFault, namedFaults } from "laboratory";
import type { Result } from "../run/experiment.js";
import type { Settings } from "../run/settings.js";
import type { Run } from "../run/train-run.js";
import type { Environment } from "./environment.js";

/** report.json. A number that is not finite is written as null. */
export interface Report {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly runs: readonly {
    /** "no-batch-norm", "batch-norm", the id of the planted fault, or the name of the user's file. */
    readonly name: string;
    readonly curves: Readonly<Record<string, Curve>>;
    /** Time spent in training steps alone. */
    readonly seconds: number;
    readonly stepsPerSecond: number;
  }[];
  readonly verdict: {
    readonly healthy: boolean;
    /** Each fault once, those first that count. */
    readonly faults: readonly NamedFault[];
    readonly checks: Verdict["checks"];
  };
}

/** report.json of a job that the user has ended: the runs so far, the last one as far as it came, and no verdict. */
export interface InterruptedReport extends Pick<Report, "settings" | "environment" | "runs"> {
  readonly interrupted: { readonly run: string; readonly step: number };
  readonly verdict: null;
}

const runsOf = (runs: readonly Run[]): Report["runs"] =>
  runs.map(({ name, curves, seconds, steps }) => ({
    name,
    curves,
    seconds,
    stepsPerSecond: steps / seconds,
  }));

export function interruptedReport(
  settings: Settings,
  runs: readonly Run[],
  environment: Environment,
): InterruptedReport {
  const { name, steps } = runs[runs.length - 1];
  return {
    settings,
    environment,
    interrupted: { run: name, step: steps },
    runs: runsOf(runs),
    verdict: null,
  };
}

export function createReport(
  settings: Settings,
  { runs, verdict }: Pick<Result, "runs" | "verdict">,
  environment: Environment,
): Report {
  return {
    settings,
    environment,
    runs: runsOf(runs),
    verdict: { healthy: verdict.healthy, faults: namedFaults(verdict.faults), checks: verdict.checks },
  };
}

/** Indented, with every list that holds numbers alone on one line: a curve has one line a point. */
export const toJson = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replace(/\[[\s\d.eE+,null-]*\]/g, (list) => list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]"))}\n`;

/** One JSON object a line: every point of a run's curves, in the order of the steps. */
export function metricsLines(name: string, curves: Run["curves"]): string {
  const bySteps = new Map<number, Record<string, number>>();
  for (const [curve, points] of Object.entries(curves)) {
    for (const [step, value] of points) bySteps.set(step, { ...bySteps.get(step), [curve]: value });
  }
  return [...bySteps]
    .sort(([a], [b]) => a - b)
    .map(([step, values]) => metricsLine(name, step, values))
    .join("");
}

/** The line of the step that was recorded last; empty where nothing was recorded at this step. */
export function lastMetricsLine(name: string, curves: Run["curves"], step: number): string {
  const values = Object.entries(curves).flatMap(([curve, points]) => {
    const [at, value] = points.at(-1) ?? [];
    return at === step ? [[curve, value] as const] : [];
  });
  return values.length === 0 ? "" : metricsLine(name, step, Object.fromEntries(values));
}

const metricsLine = (run: string, step: number, values: object): string =>
  `${JSON.stringify({ run, step, ...values })}\n`;
