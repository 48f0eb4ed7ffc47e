/**
 * `first` ends the work in order; a second SIGINT ends the process at once, also where both came while the program was
 * too busy to hear of the first. Returns what takes the listener away again.
 */
export function onInterrupt(first: () => void): () => void {
  let heard = false;
  const off = () => {
    process.off("SIGINT", listener);
  };
  const listener = () => {
    if (heard) {
      off();
      process.kill(process.pid, "SIGINT");
      return;
    }
    heard = true;
    first();
    // Then nobody listens, and the system itself ends the process, however busy it is.
    setImmediate(off);
  };
  process.on("SIGINT", listener);
  return off;
}
