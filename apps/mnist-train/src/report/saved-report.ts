import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BadInput, userPath } from "terminal";
import type { Point } from "../run/point.js";
import type { Run } from "../run/train-run.js";
import type { Report } from "./report.js";

/** A run's report.json, read again. */
export interface SavedReport {
  /** Its folder, as the user wrote it. */
  readonly folder: string;
  readonly report: Report;
  readonly runs: readonly Run[];
}

/** @throws BadInput where the folder has no report.json of a run. */
export function readSavedReport(folder: string): SavedReport {
  const path = join(userPath(folder), "report.json");
  let report: Partial<Report>;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadInput(`report --compare ${folder}: cannot read ${path} (${code ?? message})`);
  }
  if (!isReport(report)) {
    throw new BadInput(
      `report --compare ${folder}: ${path} must have settings, runs with curves, and a verdict`,
    );
  }
  return { folder, report, runs: report.runs.map((run) => runOf(run, report.settings.batchSize)) };
}

export const isReport = (report: Partial<Report> | null): report is Report =>
  typeof report?.settings === "object" &&
  Array.isArray(report.verdict?.checks) &&
  Array.isArray(report.runs) &&
  report.runs.length > 0 &&
  report.runs.every((run) => Array.isArray(run?.curves?.trainLoss) && Array.isArray(run.curves.testLoss));

/** A run of a report. A number that was not finite was written as null. */
export function runOf(
  { name, curves, seconds, stepsPerSecond }: Report["runs"][number],
  batchSize: number,
): Run {
  const read = Object.entries(curves).map(([key, points]): [string, Point[]] => [
    key,
    points.map(([step, value]) => [step, value ?? Number.NaN]),
  ]);
  const empty = { trainLoss: [], evalTrainLoss: [], testLoss: [], testAccuracy: [] };
  return {
    name,
    steps: Math.round(seconds * stepsPerSecond),
    batchSize,
    seconds,
    curves: { ...empty, ...Object.fromEntries(read) },
  };
}
