import { INTERRUPTED } from "../system/exit-codes.js";
import type { ProgressView } from "../terminal/progress.js";

/** Nothing is written before all is done, so nothing is left half-written. */
export function stopOnInterrupt(progress: Pick<ProgressView, "stop">): void {
  process.once("SIGINT", () => {
    progress.stop();
    process.exit(INTERRUPTED);
  });
}
