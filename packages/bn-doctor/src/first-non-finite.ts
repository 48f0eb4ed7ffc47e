import type { TrainingRun } from "./evidence.js";

/** Where a run left the finite numbers: as it was reported, or else as its curves show. Undefined if it did not. */
export function firstNonFinite({ firstNonFinite, curves }: TrainingRun): TrainingRun["firstNonFinite"] {
  if (firstNonFinite !== undefined) return firstNonFinite;
  return Object.entries(curves)
    .flatMap(([name, curve]) => curve.map(([step, value]) => ({ step, value, where: `curve ${name}` })))
    .filter(({ value }) => !Number.isFinite(value))
    .sort((a, b) => a.step - b.step)[0];
}

/** Why nothing can be said about a run that left the finite numbers, as a sentence; undefined if it did not. */
export function whyBroken(run: TrainingRun): string | undefined {
  const first = firstNonFinite(run);
  return first && `Not judged: the run was no longer finite at step ${first.step}.`;
}
