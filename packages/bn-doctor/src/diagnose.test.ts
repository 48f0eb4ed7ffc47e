import { describe, expect, it } from "vitest";
import { catalogue } from "./catalogue.js";
import { diagnose } from "./diagnose.js";
import type { Diagnosis, FaultFinding } from "./diagnosis.js";
import type { BatchNormImplementation, Declaration } from "./implementation.js";
import { type TestBatchNorm, testBatchNorm } from "./test-batch-norm.js";

const options = {
  features: 3,
  decay: 0.9,
  epsilon: 1e-5,
  runningVariance: "biased",
  precision: "float64",
} as const;
const correct = () => testBatchNorm(options);
const declared: Declaration = { epsilon: 1e-5, decay: 0.9, runningVariance: "biased" };

const present = ({ faults }: Diagnosis) => faults.filter(({ status }) => status === "present");
const finding = ({ faults }: Diagnosis, id: string): FaultFinding | undefined =>
  faults.find((fault) => fault.id === id);
const ids = (diagnosis: Diagnosis) => present(diagnosis).map(({ id }) => id);

/** A correct layer with something changed; the changes may call the layer. */
function changed(
  change: (layer: TestBatchNorm) => Partial<BatchNormImplementation>,
): BatchNormImplementation {
  const layer = correct();
  return { ...layer, ...change(layer) };
}

describe("a diagnosis", () => {
  it("lists every fault of the catalogue, each with its grade", () => {
    const { faults, checks } = diagnose(correct(), { declared });
    expect(faults.map(({ id, grade }) => [id, grade])).toEqual(
      Object.entries(catalogue).map(([id, { grade }]) => [id, grade]),
    );
    expect(checks.map(({ id }) => id)).toEqual([
      "batch-statistics-update",
      "train-forward",
      "train-gradient",
      "eval-forward",
      "eval-gradient",
      "eval-writes-nothing",
    ]);
  });

  it("says what is wrong, where it shows, and how to mend it", () => {
    const layer = changed((layer) => ({
      forward: (x, rows, mode) => layer.forward(x, rows, mode),
      backward(dy, rows) {
        const { gamma } = layer.read();
        const { dx, ...rest } = layer.backward(dy, rows);
        return { ...rest, dx: Float64Array.from(dx, (value, i) => value / gamma[i % 3]) };
      },
    }));
    const diagnosis = diagnose(layer, { declared });
    expect(ids(diagnosis)).toContain("gamma-missing-in-dx");
    const fault = finding(diagnosis, "gamma-missing-in-dx");
    expect(fault).toMatchObject({
      status: "present",
      grade: "wrong",
      meaning: "dx is not scaled by γ. In training it computes dx = r·(dy − mean(dy) − x̂·mean(dy·x̂)).",
      repair:
        "Scale by γ once: dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)) with r = 1/√(σ² + ε); in eval dx = γ·r·dy.",
    });
    expect(fault?.evidence?.what).toMatch(/^dx\[\d, \d\]$/);
    expect(fault?.evidence?.input).toMatch(/^on a chosen batch of /);
  });

  it("is plain data: JSON keeps all of it", () => {
    const diagnosis = diagnose(correct(), { declared: { ...declared, epsilon: 1e-3 } });
    expect(JSON.parse(JSON.stringify(diagnosis))).toEqual(diagnosis);
  });

  it("counts fragile faults only when strict", () => {
    const fragile = changed(() => ({}));
    expect(ids(diagnose(fragile))).toEqual(["stats-poisoned-by-nan", "batch-of-one-accepted"]);
    expect(diagnose(fragile).healthy).toBe(true);
    expect(diagnose(fragile, { strict: true }).healthy).toBe(false);
  });
});

describe("a convention", () => {
  it("is found, and held against nobody who declared none", () => {
    const layer = testBatchNorm({ ...options, epsilon: 1e-3, decay: 0.99 });
    const { healthy, convention } = diagnose(layer);
    expect(healthy).toBe(true);
    expect(convention).toEqual({
      epsilon: 1e-3,
      decay: 0.99,
      runningVariance: "biased",
      sameAs: ["Keras", "TensorFlow.js"],
      meaning:
        "ε = 0.001; pop = 0.99·pop + 0.01·batch (PyTorch's momentum 0.01, Keras's 0.99); running variance divided by N: the defaults of Keras, TensorFlow.js.",
    });
  });

  it.each<[keyof Declaration, Partial<Declaration>, string, number | string, number | string]>([
    ["epsilon", { epsilon: 1e-3 }, "epsilon-not-as-declared", 1e-3, 1e-5],
    ["decay", { decay: 0.1 }, "decay-inverted", 0.1, 0.9],
    ["decay", { decay: Math.sqrt(0.9) }, "stats-updated-twice", Math.sqrt(0.9), 0.9],
    ["decay", { decay: 0.99 }, "decay-not-as-declared", 0.99, 0.9],
    ["decay", { decay: "cumulative" }, "decay-not-as-declared", "cumulative", 0.9],
  ])("with another %s than declared, %o, is %s", (_, other, id, expected, seen) => {
    const diagnosis = diagnose(correct(), { declared: other });
    expect(ids(diagnosis)).toContain(id);
    expect(diagnosis.healthy).toBe(false);
    expect(finding(diagnosis, id)?.evidence).toMatchObject({ expected, seen });
  });

  it("may be a decay that varies, as in a warm-up, where none is declared", () => {
    const layer = testBatchNorm({ ...options, decay: 0 });
    const warm: BatchNormImplementation = {
      ...layer,
      forward(x, rows, mode) {
        const { popMean, popVar, batches } = layer.read();
        const y = layer.forward(x, rows, mode);
        if (mode === "eval") return y;
        const decay = Math.min(0.9, (1 + batches) / (10 + batches));
        const batch = layer.read();
        const average = (old: ArrayLike<number>, now: ArrayLike<number>) =>
          Array.from(old, (value, c) => decay * value + (1 - decay) * now[c]);
        layer.write({ popMean: average(popMean, batch.popMean), popVar: average(popVar, batch.popVar) });
        return y;
      },
    };
    const diagnosis = diagnose(warm);
    expect(diagnosis.unexplained).toEqual([]);
    expect(diagnosis.healthy).toBe(true);
    expect(diagnosis.convention).toMatchObject({ decay: "varying", runningVariance: "biased" });
    const held = diagnose(warm, { declared });
    expect(ids(held)).toContain("decay-not-as-declared");
    expect(held.healthy).toBe(false);
  });

  it("that changes between training and eval is a fault, declared or not", () => {
    const train = correct();
    const evaluating = testBatchNorm({ ...options, epsilon: 1e-3 });
    const layer: BatchNormImplementation = {
      ...train,
      forward(x, rows, mode) {
        evaluating.write(train.read());
        return (mode === "train" ? train : evaluating).forward(x, rows, mode);
      },
    };
    const diagnosis = diagnose({ ...layer, backward: undefined as never });
    expect(ids(diagnosis)).toContain("epsilon-not-as-declared");
    expect(finding(diagnosis, "epsilon-not-as-declared")?.evidence).toMatchObject({
      expected: 1e-5,
      seen: 1e-3,
    });
    expect(diagnosis.healthy).toBe(false);
  });

  it("without ε is a fault of its own", () => {
    const diagnosis = diagnose(testBatchNorm({ ...options, epsilon: 0 }));
    expect(ids(diagnosis)).toContain("epsilon-missing-in-forward");
    expect(diagnosis.healthy).toBe(false);
    expect(diagnosis.convention.epsilon).toBe(0);
  });
});

describe("what fits no known fault is never healthy", () => {
  it.each<[string, string, (layer: TestBatchNorm) => Partial<BatchNormImplementation>]>([
    [
      "an output off by a millionth",
      "train-forward",
      (layer) => ({
        forward: (x, rows, mode) => Float64Array.from(layer.forward(x, rows, mode), (y) => y * 1.000001),
      }),
    ],
    [
      "outputs that are NaN",
      "eval-forward",
      (layer) => ({
        forward: (x, rows, mode) =>
          Array.from(layer.forward(x, rows, mode), (y) => (mode === "eval" ? Number.NaN : y)),
      }),
    ],
    [
      "dβ with the wrong sign",
      "eval-gradient",
      (layer) => ({
        backward(dy, rows) {
          const gradients = layer.backward(dy, rows);
          return { ...gradients, dbeta: Array.from(gradients.dbeta ?? [], (value) => -value) };
        },
      }),
    ],
    [
      "a pair that decays, but takes nothing in",
      "batch-statistics-update",
      (layer) => ({
        forward(x, rows, mode) {
          const { popMean, popVar } = layer.read();
          const y = layer.forward(x, rows, mode);
          const shrunk = (values: ArrayLike<number>) => Array.from(values, (value) => 0.5 * value + 0.25);
          if (mode === "train") layer.write({ popMean: shrunk(popMean), popVar: shrunk(popVar) });
          return y;
        },
      }),
    ],
  ])("%s", (_, check, change) => {
    const diagnosis = diagnose(changed(change), { declared });
    expect(diagnosis.healthy).toBe(false);
    expect(diagnosis.unexplained.map(({ id }) => id)).toContain(check);
  });

  it("and its faults are not judged rather than absent", () => {
    const diagnosis = diagnose(
      changed((layer) => ({
        forward: (x, rows, mode) => Array.from(layer.forward(x, rows, mode), (y) => y ** 3),
      })),
    );
    expect(finding(diagnosis, "missing-root")).toMatchObject({
      status: "not judged",
      meaning: "Not judged: what it computes is wrong, and fits none of the known faults.",
    });
  });

  it("a checkpoint that loses γ", () => {
    const diagnosis = diagnose(
      changed((layer) => ({
        save: () => {
          const { popMean, popVar, batches } = layer.read();
          return { popMean, popVar, batches };
        },
        load: (saved) => layer.write(saved as object),
      })),
    );
    expect(diagnosis.healthy).toBe(false);
    expect(diagnosis.unexplained.map(({ id }) => id)).toEqual(["save-and-load"]);
    expect(finding(diagnosis, "checkpoint-omits-stats")?.status).toBe("absent");
  });
});

describe("what is lacking is not judged, and said", () => {
  it("of conventions and of what training and checkpoints need", () => {
    const { zeroGrad, ...plain } = correct();
    const diagnosis = diagnose({
      ...plain,
      backward(dy, rows) {
        zeroGrad?.();
        return plain.backward(dy, rows);
      },
    });
    const reasons = diagnosis.faults
      .filter(({ status }) => status === "not judged")
      .map(({ id, meaning }) => [id, meaning]);
    expect(Object.fromEntries(reasons)).toEqual({
      "decay-inverted": "Not judged: no decay was declared.",
      "decay-not-as-declared": "Not judged: no decay was declared.",
      "stats-updated-twice": "Not judged: no decay was declared.",
      "stats-bessel-mismatch": "Not judged: no running variance was declared.",
      "epsilon-not-as-declared": "Not judged: no epsilon was declared.",
      "mean-rounding": "Not judged: in float64 every mean is rounded.",
      "checkpoint-omits-stats": "Not judged: save and load are not given.",
      "gradient-overwritten": "Not judged: there is no zeroGrad, so accumulation is not declared.",
      "affine-never-trained": "Not judged: parameters are not given.",
    });
  });
});

describe("bad input", () => {
  const bad = (value: unknown) => value as BatchNormImplementation;
  it.each<[string, () => unknown]>([
    [
      "diagnose: implementation must be an object with features, precision, forward, read and write, got null",
      () => diagnose(bad(null)),
    ],
    ["diagnose: implementation.features must be a positive integer, got undefined", () => diagnose(bad({}))],
    [
      'diagnose: implementation.precision must be "float32" or "float64", got "int8"',
      () => diagnose(bad({ ...correct(), precision: "int8" })),
    ],
    [
      "diagnose: implementation.read must be a function, got undefined",
      () => diagnose(bad({ ...correct(), read: undefined })),
    ],
    [
      "diagnose: implementation.backward must be a function, got 1",
      () => diagnose(bad({ ...correct(), backward: 1 })),
    ],
    [
      "diagnose: implementation: save and load must be given together, got save alone",
      () => diagnose({ ...correct(), save: () => ({}) }),
    ],
    [
      "diagnose: declared.epsilon must be at least 0 and finite, got NaN",
      () => diagnose(correct(), { declared: { epsilon: Number.NaN } }),
    ],
    [
      'diagnose: declared.decay must be in [0, 1) or "cumulative", got 1',
      () => diagnose(correct(), { declared: { decay: 1 } }),
    ],
    [
      "diagnose: read() must give an object of arrays, got undefined",
      () => diagnose(changed(() => ({ read: () => undefined as never }))),
    ],
    [
      "diagnose: read() gave running_mean and no popMean: names must be gamma, beta, popMean, popVar and batches",
      () =>
        diagnose(
          changed((layer) => ({
            read: () => {
              const { popMean: running_mean, popVar: running_var, ...rest } = layer.read();
              return { ...rest, running_mean, running_var };
            },
          })),
        ),
    ],
    [
      'diagnose: forward(x, 2, "eval") gave no numbers instead of 6',
      () => diagnose(changed(() => ({ forward: () => undefined as never }))),
    ],
    [
      "diagnose: read() gave popMean without popVar",
      () =>
        diagnose(
          changed((layer) => ({
            read: () => {
              const { popVar: _, ...rest } = layer.read();
              return rest;
            },
          })),
        ),
    ],
    [
      "diagnose: read().gamma gave 2 numbers instead of 3",
      () => diagnose(changed((layer) => ({ read: () => ({ ...layer.read(), gamma: [1, 1] }) }))),
    ],
    [
      "diagnose: read().beta[1] must be a number, got x",
      () => diagnose(changed((layer) => ({ read: () => ({ ...layer.read(), beta: [0, "x", 0] as never }) }))),
    ],
    [
      'diagnose: forward(x, 2, "eval") threw: out of memory',
      () =>
        diagnose(
          changed(() => ({
            forward: () => {
              throw new Error("out of memory");
            },
          })),
        ),
    ],
    [
      'diagnose: forward(x, 2, "eval") gave 5 numbers instead of 6',
      () =>
        diagnose(
          changed((layer) => ({
            forward: (x, rows, mode) => Array.from(layer.forward(x, rows, mode)).slice(1),
          })),
        ),
    ],
    [
      "diagnose: backward(dy, 2) must give { dx, dgamma, dbeta }, got no dx",
      () => diagnose(changed(() => ({ backward: () => new Float64Array(6) as never }))),
    ],
    [
      "diagnose: backward(dy, 2).dgamma gave 1 numbers instead of 3",
      () =>
        diagnose(
          changed((layer) => ({ backward: (dy, rows) => ({ ...layer.backward(dy, rows), dgamma: [1] }) })),
        ),
    ],
    [
      "diagnose: save() threw: no disk",
      () =>
        diagnose(
          changed(() => ({
            save: () => {
              throw new Error("no disk");
            },
            load: () => {},
          })),
        ),
    ],
    [
      "diagnose: parameters() must give an array of arrays, got undefined",
      () => diagnose(changed(() => ({ parameters: () => undefined as never }))),
    ],
  ])("%s", (message, run) => {
    expect(run).toThrow(new Error(message));
  });

  it("an adapter whose gradients add up, but cannot be cleared", () => {
    const { zeroGrad: _, ...plain } = correct();
    expect(() => diagnose(plain)).toThrow(
      "diagnose: backward(dy, 2) adds dbeta to that of the pass before: zeroGrad must be given to clear it",
    );
  });

  it("an implementation that throws later, far from zero or with a NaN, is no healthier for it", () => {
    const layer = changed((layer) => ({
      forward(x, rows, mode) {
        if (x[0] > 100) throw new Error("too far");
        return layer.forward(x, rows, mode);
      },
    }));
    expect(() => diagnose(layer)).toThrow('diagnose: forward(x, 64, "train") threw: too far');
  });
});

it("leaves the implementation as it was", () => {
  const layer = correct();
  layer.write({ gamma: [1, 2, 3], beta: [4, 5, 6], popMean: [7, 8, 9], popVar: [1, 2, 4], batches: 5 });
  const before = layer.read();
  diagnose(layer);
  expect(layer.read()).toEqual(before);
});
