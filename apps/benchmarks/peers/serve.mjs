import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

// Standard output is for answers alone, whatever a library likes to say.
console.log = console.info = console.warn = console.error;

/** A step of training may take seconds in a slow library: then two are enough to see that an update was right. */
const ENOUGH_MILLISECONDS = 2000;
/** Of a longer result, so many numbers are compared, spread evenly. */
const SAMPLES = 1280;

/** Little-endian float32 or int32 numbers of a file. */
export function floats(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

export const integers = (path) => new Int32Array(floats(path).buffer);

/**
 * The layers in a file of parameters: weight [in, out] and bias, and before each ReLU a batch norm.
 */
export function readLayers({ widths, parameters }) {
  const values = floats(parameters);
  let position = 0;
  const take = (length) => {
    position += length;
    return values.slice(position - length, position);
  };
  return widths.slice(1).map((out, i) => {
    const layer = { in: widths[i], out, weight: take(widths[i] * out), bias: take(out) };
    if (i === widths.length - 2) return layer;
    return { ...layer, gamma: take(out), beta: take(out), mean: take(out), variance: take(out) };
  });
}

/** The batches of a training workload, in their order: rows [batch, in] and labels. */
export function readBatches({ widths, batch, batches, inputs, labels }) {
  const x = floats(inputs);
  const y = integers(labels);
  return Array.from({ length: batches }, (_, i) => ({
    inputs: x.slice(i * batch * widths[0], (i + 1) * batch * widths[0]),
    labels: y.slice(i * batch, (i + 1) * batch),
  }));
}

/** A training session of a library that makes one step at a time. `step(i)` returns the loss of batch i. */
export function stepByStep(batches, step, close = () => {}) {
  let done = 0;
  return {
    close,
    async steps(count) {
      const losses = [];
      const milliseconds = [];
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        losses.push(await step(done++ % batches));
        milliseconds.push(performance.now() - start);
      }
      return { losses, milliseconds };
    },
  };
}

/** Evenly spread numbers of a long result. */
function sample(values) {
  const stride = Math.max(1, Math.floor(values.length / SAMPLES));
  return Array.from({ length: Math.min(values.length, SAMPLES) }, (_, i) => values[i * stride]);
}

const sum = (values) => values.reduce((a, b) => a + b, 0);

/** The first result of a workload, to be compared, and what one repetition took. */
async function check(session) {
  if (session.steps) {
    const first = await session.steps(2);
    const more = sum(first.milliseconds) < ENOUGH_MILLISECONDS ? await session.steps(1) : undefined;
    const milliseconds = (more ?? first).milliseconds.at(-1);
    return { numbers: [...first.losses, ...(more?.losses ?? [])], milliseconds };
  }
  await session.run();
  const start = performance.now();
  await session.run();
  const milliseconds = performance.now() - start;
  return { numbers: sample(await session.result()), milliseconds };
}

/** Milliseconds of one repetition, the mean of `repeats` after `warmup` more. */
async function time(session, { repeats, warmup }) {
  if (session.steps) {
    const { milliseconds } = await session.steps(warmup + repeats);
    return { milliseconds: sum(milliseconds.slice(warmup)) / repeats };
  }
  for (let i = 0; i < warmup; i++) await session.run();
  const start = performance.now();
  for (let i = 0; i < repeats; i++) {
    const pending = session.run();
    if (pending) await pending;
  }
  return { milliseconds: (performance.now() - start) / repeats };
}

/** Answers requests, one JSON line each, until standard input ends. */
export function serve({ hello, ...kinds }) {
  const sessions = new Map();
  const answer = {
    hello: () => hello(),
    async open({ name, work }) {
      const session = await kinds[work.kind](work);
      sessions.set(name, session);
      return check(session);
    },
    time: (request) => time(sessions.get(request.name), request),
    close({ name }) {
      sessions.get(name)?.close?.();
      sessions.delete(name);
      return {};
    },
    memory: () => ({
      residentBytes: process.memoryUsage.rss(),
      peakBytes: process.resourceUsage().maxRSS * 1024,
    }),
  };
  let queue = Promise.resolve();
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      const request = JSON.parse(line);
      queue = queue
        .then(() => answer[request.do](request))
        .then(
          (result) => ({ id: request.id, result }),
          (error) => ({ id: request.id, error: String(error?.message ?? error).split("\n")[0] }),
        )
        .then((message) => process.stdout.write(`${JSON.stringify(message)}\n`));
    })
    .on("close", () => queue.then(() => process.exit()));
}
