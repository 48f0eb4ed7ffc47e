import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Report } from "../report/report.js";
import { isReport, runOf } from "../report/saved-report.js";
import { type Ends, endsOf } from "../run/run-ends.js";
import type { Cell } from "./sweep-options.js";

/** A job that is over, with its report. */
export interface Done {
  readonly cell: Cell;
  readonly report: Report;
}

/** Of the seeds whose training did not break down. */
export interface Spread {
  readonly mean: number | null;
  /** Root of the squared deviations' sum over n − 1; null for fewer than two. */
  readonly deviation: number | null;
}

/** The seeds of one learning rate and decay. */
export interface Group {
  readonly lr: string;
  readonly decay: string;
  readonly seeds: readonly number[];
  /** How many of them were judged healthy. */
  readonly healthy: number;
  readonly testAccuracy: Record<"withoutBatchNorm" | "withBatchNorm", Spread>;
  readonly testLoss: Record<"withoutBatchNorm" | "withBatchNorm", Spread>;
  /** Loss on the test digits with batch norm at each step: over the seeds. */
  readonly curve: readonly {
    readonly step: number;
    readonly mean: number;
    readonly range: [number, number];
  }[];
}

/** The job's report where it is over; undefined where it is not, or where the report is of other settings. */
export function reportOf(cell: Cell): Report | undefined {
  let report: Partial<Report> | null;
  try {
    report = JSON.parse(readFileSync(join(cell.folder, "report.json"), "utf8"));
  } catch {
    return undefined;
  }
  const own = { ...cell.settings };
  return isReport(report) && report.runs.length === 2 && isDeepStrictEqual(report.settings, own)
    ? report
    : undefined;
}

/** Where the curves of a report's runs end; NaN for a run that broke down. */
export const endsOfReport = ({ runs, settings }: Report): Ends[] =>
  runs.map((saved) => {
    const run = runOf(saved, settings.batchSize);
    const { trainLoss, evalTrainLoss } = run.curves;
    const broken = [...trainLoss, ...evalTrainLoss].find(([, loss]) => !Number.isFinite(loss));
    const firstNonFinite = broken && { step: broken[0], where: "a loss" };
    return endsOf({ ...run, firstNonFinite }, settings.epochs);
  });

/** By learning rate and decay, in the order of the grid; none for those without any report. */
export function groupsOf(done: readonly Done[]): Group[] {
  const keys = [...new Set(done.map(({ cell: { lr, decay } }) => `${lr} ${decay}`))];
  return keys.map((key) => {
    const jobs = done.filter(({ cell: { lr, decay } }) => `${lr} ${decay}` === key);
    const [{ cell }] = jobs;
    const ends = jobs.map(({ report }) => endsOfReport(report));
    const over = (end: "testAccuracy" | "testLoss") => ({
      withoutBatchNorm: spread(ends.map(([without]) => without[end])),
      withBatchNorm: spread(ends.map(([, withBatchNorm]) => withBatchNorm[end])),
    });
    return {
      lr: cell.lr,
      decay: cell.decay,
      seeds: jobs.map(({ cell: { seed } }) => seed),
      healthy: jobs.filter(({ report }) => report.verdict.healthy).length,
      testAccuracy: over("testAccuracy"),
      testLoss: over("testLoss"),
      curve: curveOf(jobs),
    };
  });
}

/** @returns nulls for what there is nothing of. */
export function spread(all: readonly number[]): Spread {
  const values = all.filter(Number.isFinite);
  const n = values.length;
  if (n === 0) return { mean: null, deviation: null };
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: n < 2 ? null : Math.sqrt(squares / (n - 1)) };
}

function curveOf(jobs: readonly Done[]): Group["curve"] {
  const byStep = new Map<number, number[]>();
  for (const { report } of jobs) {
    for (const [step, value] of report.runs[1].curves.testLoss) {
      if (Number.isFinite(value)) byStep.set(step, [...(byStep.get(step) ?? []), value]);
    }
  }
  return [...byStep]
    .sort(([a], [b]) => a - b)
    .map(([step, values]) => ({
      step,
      mean: values.reduce((sum, value) => sum + value, 0) / values.length,
      range: [Math.min(...values), Math.max(...values)],
    }));
}
