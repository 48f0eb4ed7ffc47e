import {
  CONTROL_WORDS,
  COUNT_BITS,
  DONE,
  FAILED,
  JOB,
  MAX_CALLS,
  MAX_PARAMETERS,
  SLEEPERS,
  SLOT,
  SLOTS,
} from "./control.js";

/** Looks at the next job, some half a millisecond of them, before a worker sleeps: to wake it costs as much as a small job. */
const WATCH = 300_000;

/**
 * What a worker runs, as text, so that no bundler has to find a file. It takes calls from the shared memory (see
 * {@link Threads}) as long as it lives: watching for a while after each, then asleep until it is woken.
 */
export const workerSource = `
"use strict";
const work = ({ modules, memory }) => {
  const parts = modules.map((module) => new WebAssembly.Instance(module, { env: { memory } }).exports);
  const functions = Object.values(Object.assign({}, ...parts));
  const control = new Int32Array(memory.buffer, 0, ${CONTROL_WORDS});
  const slots = new Float64Array(memory.buffer, ${SLOTS}, ${MAX_CALLS * SLOT});
  for (let idle = 0; ; ) {
    const job = Atomics.load(control, ${JOB});
    const next = job & ${2 ** COUNT_BITS - 1};
    if (next < ((job >>> ${COUNT_BITS}) & ${2 ** COUNT_BITS - 1})) {
      idle = 0;
      if (Atomics.compareExchange(control, ${JOB}, job, job + 1) !== job) continue;
      const at = next * ${SLOT};
      try {
        functions[slots[at]](${Array.from({ length: MAX_PARAMETERS }, (_, i) => `slots[at + ${i + 1}]`).join(", ")});
      } catch {
        Atomics.store(control, ${FAILED}, 1);
      }
      Atomics.add(control, ${DONE}, 1);
    } else if (++idle > ${WATCH}) {
      idle = 0;
      Atomics.add(control, ${SLEEPERS}, 1);
      Atomics.wait(control, ${JOB}, job);
      Atomics.sub(control, ${SLEEPERS}, 1);
    }
  }
};
if (typeof process === "object" && process.getBuiltinModule) {
  work(process.getBuiltinModule("node:worker_threads").workerData);
} else {
  onmessage = ({ data }) => work(data);
}
`;
