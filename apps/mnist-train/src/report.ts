import type { Curve, Verdict } from "@handgrad/bn-doctor";
import { type NamedFault, namedFaults } from "laboratory";
import type { Environment } from "./environment.js";
import type { Result } from "./experiment.js";
import type { Settings } from "./settings.js";

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

export function createReport(
  settings: Settings,
  { runs, verdict }: Pick<Result, "runs" | "verdict">,
  environment: Environment,
): Report {
  return {
    settings,
    environment,
    runs: runs.map(({ name, curves, seconds, steps }) => ({
      name,
      curves,
      seconds,
      stepsPerSecond: steps / seconds,
    })),
    verdict: { healthy: verdict.healthy, faults: namedFaults(verdict.faults), checks: verdict.checks },
  };
}

/** Indented, with every list that holds numbers alone on one line: a curve has one line a point. */
export const toJson = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replace(/\[[\s\d.eE+,null-]*\]/g, (list) => list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]"))}\n`;

/** One JSON object a line: every point of every curve, run by run, in the order of the steps. */
export function toMetricsLines({ runs }: Report): string {
  return runs
    .flatMap(({ name, curves }) => {
      const bySteps = new Map<number, Record<string, number>>();
      for (const [curve, points] of Object.entries(curves)) {
        for (const [step, value] of points) bySteps.set(step, { ...bySteps.get(step), [curve]: value });
      }
      return [...bySteps]
        .sort(([a], [b]) => a - b)
        .map(([step, values]) => `${JSON.stringify({ run: name, step, ...values })}\n`);
    })
    .join("");
}
