import type { Check } from "../check.js";
import type { Evidence } from "../evidence.js";
import { firstNonFinite } from "../first-non-finite.js";

/** Every number of the batch-norm run is finite; `value` is the step of the first that is not. */
export function finite({ batchNormRun }: Evidence): Check {
  const id = "finite";
  const first = firstNonFinite(batchNormRun);
  if (first === undefined) {
    const meaning = `All recorded numbers of the ${batchNormRun.steps} training steps are finite.`;
    return { id, passed: true, value: null, bound: null, meaning };
  }
  const meaning = `Training broke down at step ${first.step}. The first NaN or infinity: ${first.where}.`;
  return { id, passed: false, value: first.step, bound: null, meaning };
}
