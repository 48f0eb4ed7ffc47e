import { describe, expect, it } from "vitest";
import type { Check } from "./check.js";
import type { BatchNormImplementation } from "./implementation.js";
import { judge } from "./judge.js";
import { type TestBatchNorm, testBatchNorm } from "./test-batch-norm.js";
import { evidenceOf, train } from "./test-evidence.js";

const options = {
  features: 3,
  decay: 0.9,
  epsilon: 1e-5,
  runningVariance: "biased",
  precision: "float32",
} as const;

const EXACT = [
  "running-pair-replay",
  "batch-statistics-update",
  "train-forward",
  "train-gradient",
  "eval-forward",
  "eval-gradient",
  "eval-writes-nothing",
];

/** What fails, and why, for a correct layer behind an adapter that is not. */
function failures(spoil: (subject: TestBatchNorm) => Partial<TestBatchNorm>, declared: object = {}): Check[] {
  const merged = { ...options, ...declared };
  const layer = train(testBatchNorm(merged));
  const subject = { ...layer.subject, ...spoil(layer.subject) };
  const { healthy, checks } = judge(evidenceOf([{ ...layer, subject }]));
  expect(healthy).toBe(false);
  return checks.filter(({ passed }) => passed === false);
}

describe("a subject that misbehaves is never called healthy", () => {
  it("when forward throws", () => {
    const failed = failures(() => ({
      forward: () => {
        throw new Error("out of memory");
      },
    }));
    expect(failed.map(({ id }) => id)).toEqual([...EXACT, "running-pair-near-data"]);
    expect(failed[2]).toEqual({
      id: "train-forward",
      passed: false,
      value: null,
      bound: 1,
      meaning: 'layer 1 (BatchNorm): forward(x, 2, "eval") threw: out of memory',
    });
  });

  it("when backward gives back too few numbers", () => {
    const failed = failures(({ backward }) => ({
      backward: (dy, rows) => ({ ...backward(dy, rows), dx: Array.from(backward(dy, rows).dx).slice(1) }),
    }));
    expect(failed.map(({ id }) => id)).toEqual(EXACT.slice(1));
    expect(failed[0].meaning).toBe("layer 1 (BatchNorm): backward(dy, 2).dx gave 5 numbers instead of 6");
  });

  it("when forward or backward writes into its input", () => {
    const overwrite = (numbers: ArrayLike<number>) => (numbers as Float64Array).fill(0);
    const forward = failures((subject) => ({
      forward: (x, rows, mode) => {
        const y = subject.forward(x, rows, mode);
        overwrite(x);
        return y;
      },
    }));
    expect(forward.map(({ id }) => id)).toEqual(EXACT.slice(1));
    expect(forward[1].meaning).toBe(
      'layer 1 (BatchNorm): forward(x, 2, "train") wrote into its input: element 0 is 0',
    );
    const backward = failures((subject) => ({
      backward: (dy, rows) => {
        const dx = subject.backward(dy, rows);
        overwrite(dy);
        return dx;
      },
    }));
    expect(backward.map(({ id }) => id)).toEqual(EXACT.slice(1));
  });

  it("when going back through an eval pass moves the running pair", () => {
    const failed = failures((subject) => ({
      backward: (dy, rows) => {
        subject.write({ popMean: Array.from(subject.read().popMean, (mean) => Math.fround(mean + 1)) });
        return subject.backward(dy, rows);
      },
    }));
    const check = failed.find(({ id }) => id === "eval-writes-nothing");
    expect(check?.meaning).toMatch(/: going back through an eval pass over .*, popMean\[0\] changed from /);
  });

  it("when forward gives back NaN", () => {
    const failed = failures(() => ({ forward: (x) => Array.from(x, () => Number.NaN) }));
    expect(failed.find(({ id }) => id === "eval-forward")).toMatchObject({ passed: false, value: null });
  });

  it("when read lacks something", () => {
    const failed = failures(({ read }) => ({ read: () => ({ ...read(), popVar: [] }) }));
    expect(failed.map(({ id }) => id)).toEqual([...EXACT, "running-pair-near-data"]);
    expect(failed[0].meaning).toBe("layer 1 (BatchNorm): read().popVar gave 0 numbers instead of 3");
  });

  it("when write does not write", () => {
    const failed = failures(() => ({ write: () => {} }));
    expect(failed.map(({ id }) => id)).toEqual(EXACT.slice(1));
    expect(failed[1].meaning).toMatch(
      /^layer 1 \(BatchNorm\): write: gamma\[0\] was set to .+, but reads .+$/,
    );
  });

  it("when a cumulative average forgets its count", () => {
    const failed = failures(({ write }) => ({ write: ({ batches: _, ...values }) => write(values) }), {
      decay: "cumulative",
    });
    expect(failed.map(({ id }) => id)).toContain("batch-statistics-update");
    expect(failed[0].meaning).toMatch(
      /^layer 1 \(BatchNorm\): write: batches was set to 10\d, but reads 10\d$/,
    );
  });
});

it("needs no count of batches where decay is a number", () => {
  const layer = train(testBatchNorm(options));
  const { read, write } = layer.subject;
  const subject: BatchNormImplementation = {
    ...layer.subject,
    read: () => {
      const { batches: _, ...state } = read();
      return state;
    },
    write,
  };
  expect(judge(evidenceOf([{ ...layer, subject }])).healthy).toBe(true);
});

it.each([0.9, "cumulative"] as const)("leaves the layer exactly as it was, at decay %s", (decay) => {
  const declared = { ...options, decay };
  const layer = train(testBatchNorm(declared));
  const before = layer.subject.read();
  const first = judge(evidenceOf([layer]));
  expect(layer.subject.read()).toEqual(before);
  expect(judge(evidenceOf([layer]))).toEqual(first);
});

describe("a decay so near 1 that rounding hides every update", () => {
  it("leaves the running pair unjudged, never healthy by guess", () => {
    const subject = testBatchNorm({ ...options, decay: 0.9999999 });
    const { checks } = judge(evidenceOf([train(subject)]));
    for (const id of ["running-pair-replay", "batch-statistics-update"]) {
      const check = checks.find((candidate) => candidate.id === id);
      expect(check?.passed).toBe("inconclusive");
      expect(check?.meaning).toMatch(/has hardly moved the running pair from \(0, 1\)/);
    }
  });
});
