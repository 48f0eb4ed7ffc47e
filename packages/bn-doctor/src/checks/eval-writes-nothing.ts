import type { BatchNormState } from "../subject.js";
import { type ExactCheck, onEachTrial } from "./exact-check.js";
import type { Finding } from "./finding.js";

/** An eval pass changes nothing that the layer remembers, to the last bit. */
export const evalWritesNothing: ExactCheck = {
  id: "eval-writes-nothing",
  healthy: "An eval pass leaves parameters, gradients and the running pair as they were, to the last bit.",
  faulty: "Eval passes write to the layer, so its answers depend on what it was asked before.",
  examine: onEachTrial((subject, { x, rows, name }) => {
    const before = subject.read();
    subject.forward(x, rows, "eval");
    return firstChange(before, subject.read(), name);
  }),
};

function firstChange(before: BatchNormState, after: BatchNormState, batch: string): Finding {
  for (const name of Object.keys(before) as (keyof BatchNormState)[]) {
    const [old, now] = [before[name], after[name]].map((value) =>
      typeof value === "number" ? [value] : value,
    );
    for (let c = 0; c < old.length; c++) {
      if (Object.is(old[c], now[c])) continue;
      const seen = `an eval pass over ${batch} changed ${name}[${c}] from ${old[c]} to ${now[c]}`;
      return { used: Number.POSITIVE_INFINITY, seen };
    }
  }
  return { used: 0, seen: "" };
}
