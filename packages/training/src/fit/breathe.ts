/** Longest stretch of work before other tasks get a turn, in milliseconds. */
const TURN = 50;

/**
 * Called between small pieces of work: every 50 ms or so it lets the event loop run one round,
 * so that signals, timers and pages stay alive during a long training run.
 */
export function breather(): () => Promise<void> {
  let last = Date.now();
  return async () => {
    const since = Date.now() - last;
    // Negative where the system's clock was set back.
    if (since >= 0 && since < TURN) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    last = Date.now();
  };
}
