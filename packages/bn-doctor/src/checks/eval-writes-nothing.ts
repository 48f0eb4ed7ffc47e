import { formatApart } from "../format.js";
import type { BatchNormState } from "../subject.js";
import { type ExactCheck, onEachTrial } from "./exact-check.js";
import { type Finding, unlessWrong } from "./finding.js";

/** An eval pass changes nothing that the layer remembers, to the last bit. */
export const evalWritesNothing: ExactCheck = {
  id: "eval-writes-nothing",
  healthy: "An eval pass leaves parameters, gradients and the running pair as they were, to the last bit.",
  faulty: "Eval passes write to the layer, so its answers depend on what it was asked before.",
  examine: onEachTrial((subject, { x, dy, rows, name }) => {
    const before = subject.read();
    subject.forward(x, rows, "eval");
    const forward = firstChange(before, subject.read(), `an eval pass over ${name}`);
    return unlessWrong(forward, () => {
      subject.backward(dy, rows);
      // Gradients are what a backward pass is for.
      const { gammaGradient, betaGradient } = before;
      const after = { ...subject.read(), gammaGradient, betaGradient };
      return firstChange(before, after, `going back through an eval pass over ${name}`);
    });
  }),
};

function firstChange(before: BatchNormState, after: BatchNormState, cause: string): Finding {
  for (const name of Object.keys(before) as (keyof BatchNormState)[]) {
    const [old, now] = [before[name], after[name]].map((value) =>
      typeof value === "number" ? [value] : value,
    );
    for (let c = 0; c < old.length; c++) {
      if (Object.is(old[c], now[c])) continue;
      const [from, to] = formatApart(old[c], now[c]);
      const seen = `${cause} changed ${name}[${c}] from ${from} to ${to}`;
      return { used: Number.POSITIVE_INFINITY, seen };
    }
  }
  return { used: 0, seen: "" };
}
