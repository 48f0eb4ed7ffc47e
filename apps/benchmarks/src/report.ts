import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";
import type { Results } from "./benchmark.js";
import type { Options } from "./options.js";
import { LATER_LOSS_TOLERANCE, TOLERANCE } from "./same-work.js";
import { units } from "./show.js";
import { median } from "./statistics.js";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
}

export const machine = (): Machine => ({
  processor: cpus()[0]?.model.trim() ?? arch(),
  cores: availableParallelism(),
  memoryGigabytes: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()} ${arch()}`,
  node: process.version,
});

/** Everything that was measured, in milliseconds of one repetition and bytes, with what is needed to judge it. */
export function toJson(results: Results, options: Options, seconds: number): string {
  const { rounds, only, quick } = options;
  const columns = results.columns.map(({ outcomes, ...column }) => ({
    ...column,
    outcomes: outcomes.map((outcome) =>
      "samples" in outcome
        ? {
            ...outcome,
            median: median(outcome.samples),
            [column.show]: units[column.show].of(median(outcome.samples), column.multiplyAdds),
          }
        : outcome,
    ),
  }));
  const report = {
    date: new Date().toISOString(),
    seconds: Math.round(seconds),
    machine: machine(),
    settings: {
      rounds,
      only,
      quick,
      tolerance: { results: TOLERANCE, laterLosses: LATER_LOSS_TOLERANCE },
    },
    contenders: results.participants,
    skipped: results.skipped,
    columns,
  };
  return `${JSON.stringify(report, null, 1)}\n`;
}
