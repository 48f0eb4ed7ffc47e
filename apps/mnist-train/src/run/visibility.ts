import type { Check, CheckId } from "@handgrad/bn-doctor";
import type { Ends } from "./run-ends.js";

/** Whether somebody who looks at the curves beside those of a correct run sees that something is wrong. */
export type Visibility = "yes" | "hardly" | "no";

/** From this factor between the ends of two losses on nobody takes it for another seed. */
const CLEAR = 1.5;
/** Below this factor it may be another seed: eight of them, in the default job, end within a factor of 1.13. */
const SLIGHT = 1.15;

/** The checks that look at the loss curves alone. */
const CURVE_CHECKS: readonly CheckId[] = ["finite", "train-eval-gap", "learns-faster-than-none"];

const LOSSES = {
  trainLoss: "train",
  evalTrainLoss: "eval",
  testLoss: "test",
} as const satisfies Partial<Record<keyof Ends, string>>;

/**
 * "yes": a check of the curves fails, or the end of a loss is {@link CLEAR} times the correct run's, either way.
 * "hardly": such an end is {@link SLIGHT} times off, or only the recorded running pair is far from the data.
 */
export function visibilityOf(
  ends: Ends,
  correct: Ends,
  checks: readonly Check[],
): { readonly visible: Visibility; readonly signs: readonly string[] } {
  const failed = (id: CheckId) => checks.some((check) => check.id === id && check.passed === false);
  const failedCurves: string[] = CURVE_CHECKS.filter(failed);
  const factors = Object.entries(LOSSES).map(([key, label]) => {
    const ratio = ends[key as keyof typeof LOSSES] / correct[key as keyof typeof LOSSES];
    return { factor: Math.max(ratio, 1 / ratio), sign: `${label} × ${ratio.toPrecision(2)}` };
  });
  const beyond = (least: number) => factors.filter(({ factor }) => !(factor < least)).map(({ sign }) => sign);
  const clear = [...failedCurves, ...beyond(CLEAR)];
  if (clear.length > 0) return { visible: "yes", signs: clear };
  const pair = "running-pair-near-data" as const;
  const slight = [...beyond(SLIGHT), ...(failed(pair) ? [pair] : [])];
  return slight.length > 0 ? { visible: "hardly", signs: slight } : { visible: "no", signs: [] };
}

/** The rule as it stands under a gallery's table. */
export const visibilityRule = `Seen in the curves: "yes" where ${CURVE_CHECKS.slice(0, -1).join(", ")} or ${CURVE_CHECKS.at(-1)} fails, or where a loss ends at ${CLEAR} times the correct run's or more, or that much below; "hardly" from ${SLIGHT} times on, or where only running-pair-near-data fails; "no" otherwise.`;
