import type { CheckId, FaultId as DoctorFaultId, Verdict } from "@handgrad/bn-doctor";
import { requireDataset } from "@handgrad/datasets";
import { type FaultGrade, type FaultId, faults } from "bn-faults";
import { CLASSES, candidateOf, namedFaults } from "laboratory";
import type { Digits } from "./digits.js";
import { trainAndJudge } from "./experiment.js";
import { type Ends, endsOf } from "./run-ends.js";
import type { Settings } from "./settings.js";
import { type Progress, type Run, trainRun } from "./train-run.js";
import { type Visibility, visibilityOf } from "./visibility.js";

/** One run of the gallery. */
export interface GalleryRow {
  /** "no-batch-norm", "batch-norm", or the id of the planted fault. */
  readonly name: string;
  readonly ends: Ends;
}

/** A run with batch norm, and what the judge said, who was not told which fault was planted. */
export interface JudgedRow extends GalleryRow {
  /** Null for the correct batch norm. */
  readonly grade: FaultGrade | null;
  readonly visible: Visibility;
  /** Why the fault is visible; empty where it is not. */
  readonly signs: readonly string[];
  readonly named: readonly DoctorFaultId[];
  readonly failedChecks: readonly CheckId[];
  readonly expected: Expected;
  /** Whether the judge said so. */
  readonly asExpected: boolean;
}

/** What the judge is to say: the name of the fault, or less, where the settings leave less of it. */
export type Expected = DoctorFaultId | "no fault" | "a failed check";

/**
 * A fault under its own name, but with some decays it is another one, or none: decay 0 keeps nothing of the old pair,
 * its opposite keeps all of it, 0.5 is its own opposite, and the plain average has no decay to be wrong about.
 */
export function expectedOf(fault: FaultId, { decay }: Pick<Settings, "decay">): Expected {
  const ofDecay = fault === "decay-inverted" || fault === "stats-updated-twice";
  if (ofDecay && decay === "cumulative") return "a failed check";
  if (fault === "decay-inverted" && decay === 0) return "stats-never-updated";
  if (fault === "decay-inverted" && decay === 0.5) return "no fault";
  if ((ofDecay || fault === "stats-average-inverse-deviation") && decay === 0) return "no fault";
  return fault;
}

/** Whether a verdict says what is expected. */
export function isSaid(expected: Expected, { healthy, faults, checks }: Verdict): boolean {
  if (expected === "no fault") return healthy;
  if (expected === "a failed check") return checks.some(({ passed }) => passed === false);
  return faults.some(({ id }) => id === expected);
}

export interface Gallery {
  readonly withoutBatchNorm: GalleryRow;
  readonly correct: JudgedRow;
  readonly faults: readonly JudgedRow[];
}

/**
 * Trains the network without batch norm, with a correct one, and with each fault, from the same weights on the same
 * batches, and judges them. `onProgress` also gets which of how many runs it is.
 */
export async function trainGallery(
  ids: readonly FaultId[],
  digits: Digits,
  settings: Settings,
  onProgress: (progress: Progress, run: number, runs: number) => void = () => {},
): Promise<Gallery> {
  requireDataset("training digits", digits.train, CLASSES);
  requireDataset("test digits", digits.test, CLASSES);
  const progressOf = (run: number) => (progress: Progress) => onProgress(progress, run, ids.length + 2);
  const { run: baseline } = await trainRun(null, digits, settings, progressOf(1));
  const judged = (fault: FaultId | null, run: number) =>
    trainAndJudge(candidateOf({ ...settings, fault }), baseline, digits, settings, progressOf(run));

  const correct = await judged(null, 2);
  const { epochs } = settings;
  const correctEnds = endsOf(correct.run, epochs);
  const planted: JudgedRow[] = [];
  for (const [i, id] of ids.entries()) {
    planted.push(rowOf(id, await judged(id, i + 3), correctEnds, settings));
  }
  return {
    withoutBatchNorm: { name: baseline.name, ends: endsOf(baseline, epochs) },
    correct: rowOf(null, correct, correctEnds, settings),
    faults: planted,
  };
}

function rowOf(
  fault: FaultId | null,
  { run, verdict }: { readonly run: Run; readonly verdict: Verdict },
  correct: Ends,
  settings: Settings,
): JudgedRow {
  const ends = endsOf(run, settings.epochs);
  const expected = fault === null ? "no fault" : expectedOf(fault, settings);
  const named = namedFaults(verdict.faults).map(({ id }) => id);
  const { visible, signs } = visibilityOf(ends, correct, verdict.checks);
  return {
    name: run.name,
    ends,
    grade: fault && faults[fault].grade,
    visible,
    signs,
    named,
    failedChecks: verdict.checks.filter(({ passed }) => passed === false).map(({ id }) => id),
    expected,
    asExpected: isSaid(expected, verdict),
  };
}

export const isAsExpected = ({ correct, faults }: Gallery): boolean =>
  correct.asExpected && faults.every(({ asExpected }) => asExpected);
