import { type Diagnosis, diagnose, type FaultId } from "@handgrad/bn-doctor";
import { BatchNorm } from "@handgrad/layers";
import { type BatchNormOptions, correctVariants, faults, type PlainBatchNorm } from "bn-faults";
import { describe, expect, it } from "vitest";
import { adapterOf, declarationOf } from "./test-plain-adapter.js";

/** Uniform in [0, 1): mulberry32. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What is correct but for rounding: the plain variants, and the two forms that lose digits far from zero. */
const healthy: Readonly<Record<string, (options: BatchNormOptions) => PlainBatchNorm>> = {
  ...correctVariants,
  "one-pass": faults["variance-cancellation"].create,
  folded: faults["folded-affine-cancellation"].create,
};

/** What may be said of each of these: fragile, with figures, and healthy all the same. */
const FRAGILE: readonly FaultId[] = ["variance-cancellation", "mean-rounding", "folded-affine-cancellation"];

const CONVENTIONS = {
  "TensorFlow's fused operation": { epsilon: 1e-4, decay: 0, varianceCorrection: "unbiased" },
  "TensorFlow 1's wrapper of it": { epsilon: 1e-3, decay: 0, varianceCorrection: "unbiased" },
  Keras: { epsilon: 1e-3, decay: 0.99, varianceCorrection: "biased" },
  PyTorch: { epsilon: 1e-5, decay: 0.9, varianceCorrection: "unbiased" },
  Flax: { epsilon: 1e-5, decay: 0.99, varianceCorrection: "biased" },
  ONNX: { epsilon: 1e-5, decay: 0.9, varianceCorrection: "biased" },
} as const;

function expectHealthy(diagnosis: Diagnosis, what: string): void {
  const accused = diagnosis.faults.filter(({ id, status }) => status === "present" && !FRAGILE.includes(id));
  const failed = diagnosis.checks.filter(({ passed }) => passed === false);
  expect([...accused, ...failed, ...diagnosis.unexplained], what).toEqual([]);
  expect(diagnosis.healthy, what).toBe(true);
}

describe.each(["float32", "float64"] as const)("a correct layer in %s is never accused", (precision) => {
  it.each(Object.entries(CONVENTIONS))("by the convention of %s, which is recognised", (name, convention) => {
    for (const [variant, create] of Object.entries(healthy)) {
      const options = { ...convention, features: 3, precision };
      const layer = adapterOf(create(options), options);
      expectHealthy(diagnose(layer, { declared: declarationOf(options) }), variant);
      const found = diagnose(layer);
      expectHealthy(found, variant);
      expect(found.convention.sameAs, variant).toContain(name);
    }
  });

  const COUNT = Number(process.env.HANDGRAD_DOCTOR_RUNS ?? 250);
  it(`in ${COUNT} random configurations`, () => {
    for (let seed = 1; seed <= COUNT; seed++) {
      const random = uniform(seed);
      const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(items.length * random())];
      const variant = pick(Object.keys(healthy));
      const options: BatchNormOptions = {
        features: pick([1, 2, 3, 4, 5, 6, 17, 64]),
        decay: pick([0, 0.1, 0.5, 0.9, 0.99, 0.999, "cumulative", random(), 1 - 10 ** (-6 * random())]),
        epsilon: pick([1e-3, 1e-4, 1e-5, 1e-7, 10 ** (-12 * random())]),
        varianceCorrection: pick(["biased", "unbiased"]),
        precision,
      };
      const what = `seed ${seed}: ${variant} ${JSON.stringify(options)}`;
      const layer = adapterOf(healthy[variant](options), options);
      const declared = random() < 0.5;
      const diagnosis = diagnose(layer, declared ? { declared: declarationOf(options) } : {});
      expectHealthy(diagnosis, what);
      const { convention } = diagnosis;
      expect(Math.abs((convention.epsilon ?? 0) / options.epsilon - 1), what).toBeLessThan(1e-3);
      expect(convention.runningVariance, what).toBe(options.varianceCorrection);
    }
  });

  it("where ε lies next to a number that people write, but isn't it", () => {
    for (const [i, features] of [1, 2, 3, 5, 17].entries()) {
      for (const off of [-9e-6, -3e-6, -1e-6, 1e-6, 3e-6, 9e-6]) {
        const epsilon = [1e-5, 1e-3, 9.19e-5, 2e-7, 1e-2][i] * (1 + off);
        const options = { epsilon, decay: 0.9, varianceCorrection: "biased", features, precision } as const;
        for (const [variant, create] of Object.entries(healthy)) {
          expectHealthy(
            diagnose(adapterOf(create(options), options)),
            `${variant} ${JSON.stringify(options)}`,
          );
        }
      }
    }
  });

  it("where only forward is given, or some other part is lacking: less is judged, and said", () => {
    const options: BatchNormOptions = { ...CONVENTIONS.PyTorch, features: 3, precision };
    const { backward: _, ...noBackward } = adapterOf(correctVariants.welford(options), options);
    const first = diagnose(noBackward);
    expectHealthy(first, "no backward");
    expect(first.faults.find(({ id }) => id === "sum-for-mean")).toMatchObject({
      status: "not judged",
      meaning: "Not judged: backward is not given.",
    });

    const whole = adapterOf(correctVariants.welford(options), options);
    const noPair = diagnose({
      ...whole,
      read: () => {
        const { gamma, beta } = whole.read();
        return { gamma: gamma ?? [], beta: beta ?? [] };
      },
    });
    expectHealthy(noPair, "no running pair");
    expect(noPair.faults.find(({ id }) => id === "stats-never-updated")?.status).toBe("not judged");

    const plain = {
      ...whole,
      backward: (dy: Float32Array | Float64Array, rows: number) => ({
        dx: whole.backward(dy, rows).dx,
      }),
    };
    const noAffine = diagnose({
      ...plain,
      read: () => {
        const { gamma: _, beta: __, ...pair } = whole.read();
        return pair;
      },
    });
    expectHealthy(noAffine, "no γ and β");
    expect(noAffine.faults.find(({ id }) => id === "gamma-missing-in-dx")?.status).toBe("not judged");
  });
});

it.each(["float32", "float64"] as const)(
  "this project's own layer in %s has no fault, not even a fragile one",
  (dtype) => {
    for (const [decay, varianceCorrection] of [
      [0.9, "biased"],
      [0.99, "unbiased"],
      ["cumulative", "biased"],
    ] as const) {
      const layer = new BatchNorm(5, { decay, varianceCorrection, dtype });
      const diagnosis = diagnose(layer, { strict: true });
      expect(diagnosis.faults.filter(({ status }) => status === "present")).toEqual([]);
      expect(diagnosis.healthy).toBe(true);
      expect(diagnosis.convention).toMatchObject({
        epsilon: 1e-5,
        decay,
        runningVariance: varianceCorrection,
      });
    }
  },
);

it("leaves a layer as it was: parameters, gradients and running pair", () => {
  const layer = new BatchNorm(3, { dtype: "float64" });
  for (const name of ["gamma", "beta"] as const) {
    layer.params[name].value.data.set([1.5, -2, 0.3]);
    layer.params[name].grad.data.set([7, 8, 9]);
  }
  layer.state.popMean.data.set([1, 2, 3]);
  layer.state.batches = 12;
  const before = structuredClone({ params: layer.params, state: { ...layer.state } });
  diagnose(layer);
  expect({ params: layer.params, state: { ...layer.state } }).toEqual(before);
});
