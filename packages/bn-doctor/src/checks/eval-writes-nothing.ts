import { formatApart } from "../format.js";
import type { BatchNormState } from "../implementation.js";
import { type ExactCheck, onEachTrial } from "./exact-check.js";
import { type Finding, unlessWrong } from "./finding.js";

/** An eval pass changes nothing that the layer remembers, to the last bit. */
export const evalWritesNothing: ExactCheck = {
  id: "eval-writes-nothing",
  healthy: "An eval pass leaves parameters and the running pair as they were, to the last bit.",
  faulty: "Eval passes write to the layer, so its answers depend on what it was asked before.",
  examine: onEachTrial(({ implementation }, { x, dy, rows, name }) => {
    const before = implementation.read();
    implementation.forward(x, rows, "eval");
    const forward = firstChange(before, implementation.read(), `in an eval pass over ${name}`);
    if (!implementation.abilities.backward) return [forward];
    const backward = () => {
      implementation.backward(dy, rows);
      return firstChange(before, implementation.read(), `going back through an eval pass over ${name}`);
    };
    return [unlessWrong(forward, backward)];
  }),
};

function firstChange(before: BatchNormState, after: BatchNormState, input: string): Finding {
  for (const name of Object.keys(before) as (keyof BatchNormState)[]) {
    const [old, now] = [before[name], after[name]].map((value) =>
      typeof value === "number" ? [value] : value,
    );
    for (let c = 0; c < old.length; c++) {
      if (Object.is(old[c], now[c])) continue;
      const [from, to] = formatApart(old[c], now[c]);
      const what = `${name}[${c}]`;
      const seen = `${input}, ${what} changed from ${from} to ${to}`;
      const evidence = { input, what, expected: old[c], seen: now[c] };
      return { used: Number.POSITIVE_INFINITY, seen, evidence };
    }
  }
  return { used: 0, seen: "" };
}
