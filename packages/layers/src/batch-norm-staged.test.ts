import { inspect } from "node:util";
import { normal, Random, type Rows, tensor, type Vector, zeros } from "@handgrad/tensor";
import { readFixture } from "testing";
import { describe, expect, it } from "vitest";
import type { OneNeuronFixture } from "../fixtures/tensorflow.js";
import { batchNormEval, batchNormTrain, batchNormTrainBackward } from "./batch-norm.js";
import {
  type BatchNormStageName,
  batchNormBackwardStaged,
  type StagedBatchNormGradients,
} from "./batch-norm-staged.js";

type Rows64 = Rows<number, "float64">;
type Vector64 = Vector<number, "float64">;

const rng = new Random(5);
const normal64 = (rows: number, features: number, mean = 0, deviation = 1): Rows64 =>
  normal([rows, features], rng, { mean, deviation, dtype: "float64" });
const vector64 = (features: number, mean = 0): Vector64 =>
  normal([features], rng, { mean, dtype: "float64" });

const stageValue = (staged: StagedBatchNormGradients, name: BatchNormStageName): number[] => {
  const stage = staged.stages.find((candidate) => candidate.name === name);
  if (stage === undefined) throw new Error(`there is no stage ${name}`);
  return [...stage.value.data];
};

describe("the gradients", () => {
  it.each<[number, number, { mean?: number; deviation?: number; epsilon?: number }]>([
    [2, 1, {}],
    [3, 2, {}],
    [4, 4, {}],
    [5, 3, { mean: 3, deviation: 0.1 }],
    [17, 5, { deviation: 30 }],
    [5, 2, { deviation: 1e-3, epsilon: 1e-5 }],
    [5, 2, { deviation: 1e-9, epsilon: 1e-3 }],
  ])("of %i rows, %i features, %o are those of batchNormTrainBackward", (rows, features, data) => {
    const { mean = 0, deviation = 1, epsilon = 1e-7 } = data;
    const x = normal64(rows, features, mean, deviation);
    const dy = normal64(rows, features);
    const gamma = vector64(features, 2);
    const { cache } = batchNormTrain(x, gamma, vector64(features), epsilon);
    const fast = batchNormTrainBackward(dy, cache);
    const staged = batchNormBackwardStaged(dy, x, gamma, epsilon);
    for (let j = 0; j < features; j++) {
      // dx is the rest of terms of this size; x̂ carries the rounding of x − μ, that of x over σ.
      const column = (data: ArrayLike<number>) =>
        Array.from({ length: rows }, (_, i) => data[i * features + j]);
      const largest = (data: ArrayLike<number>) => Math.max(...column(data).map(Math.abs));
      const r = cache.r[j];
      const terms = Math.abs(gamma.data[j]) * r * largest(dy.data) * (1 + largest(x.data) * r);
      const tolerance = { atol: 4e-16 * terms, rtol: 0 };
      expect(column(staged.dx.data)).toBeAllClose(column(fast.dx.data), tolerance);
    }
    const tolerance = { atol: 1e-15 * rows * (1 + mean / deviation), rtol: 0 };
    expect(staged.dGamma).toBeAllClose(fast.dGamma, tolerance);
    expect(staged.dBeta).toBeAllClose(fast.dBeta, tolerance);
  });

  it("of one row: dx is 0", () => {
    const staged = batchNormBackwardStaged(normal64(1, 3), normal64(1, 3), vector64(3), 1e-7);
    expect(staged.dx).toBeAllClose([[0, 0, 0]], { atol: 0, rtol: 0 });
    expect(staged.dGamma).toBeAllClose([0, 0, 0], { atol: 0, rtol: 0 });
  });
});

describe("every stage", () => {
  const n = 4;
  const epsilon = 1e-2;
  const x = normal64(n, 1, 1, 0.5);
  const dy = normal64(n, 1);
  const gamma = tensor([1.7], "float64");
  const beta = -0.3;
  const staged = batchNormBackwardStaged(dy, x, gamma, epsilon);

  const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

  /** Values that are put in the place of what the forward pass computes. */
  interface Replaced {
    x?: number[];
    mean?: number[];
    /** c where x̂ is made of it, and where q is. */
    centred?: number[];
    centredForScale?: number[];
    centredForSquare?: number[];
    squared?: number[];
    variance?: number[];
    deviation?: number[];
    inverse?: number[];
    normalized?: number[];
    gamma?: number[];
    beta?: number[];
  }

  /** The forward pass in plain numbers, and L = Σ y·dy, whose gradient by y is dy. */
  function forward(replaced: Replaced = {}) {
    const input = replaced.x ?? [...x.data];
    const [mean] = replaced.mean ?? [meanOf(input)];
    const centred = replaced.centred ?? input.map((value) => value - mean);
    const squared = replaced.squared ?? (replaced.centredForSquare ?? centred).map((c) => c * c);
    const [variance] = replaced.variance ?? [meanOf(squared)];
    const [deviation] = replaced.deviation ?? [Math.sqrt(variance + epsilon)];
    const [inverse] = replaced.inverse ?? [1 / deviation];
    const normalized = replaced.normalized ?? (replaced.centredForScale ?? centred).map((c) => c * inverse);
    const [g] = replaced.gamma ?? [gamma.data[0]];
    const [b] = replaced.beta ?? [beta];
    const loss = normalized.reduce((sum, xhat, i) => sum + (g * xhat + b) * dy.data[i], 0);
    return {
      x: input,
      mean: [mean],
      centred,
      squared,
      variance: [variance],
      deviation: [deviation],
      inverse: [inverse],
      normalized,
      loss,
    };
  }
  const plain = {
    ...forward(),
    centredForScale: forward().centred,
    centredForSquare: forward().centred,
    gamma: [gamma.data[0]],
    beta: [beta],
  };

  /** ∂L/∂value by central differences: of order h², hence the tolerance. */
  function slopes(name: keyof Replaced): number[] {
    const values = plain[name];
    const h = 2 ** -20;
    return values.map((_, i) => {
      const moved = (by: number) => {
        const copy = [...values];
        copy[i] += by;
        return forward({ [name]: copy }).loss;
      };
      return (moved(h) - moved(-h)) / (2 * h);
    });
  }

  it.each(["mean", "centred", "squared", "variance", "deviation", "inverse", "normalized"] as const)(
    "%s is what the forward pass computes",
    (name) => {
      expect(stageValue(staged, name)).toBeAllClose(plain[name], { atol: 1e-15, rtol: 1e-15 });
    },
  );

  const gradients: [BatchNormStageName, keyof Replaced][] = [
    ["dBeta", "beta"],
    ["dGamma", "gamma"],
    ["dNormalized", "normalized"],
    ["dInverse", "inverse"],
    ["dCentredByScale", "centredForScale"],
    ["dDeviation", "deviation"],
    ["dVariance", "variance"],
    ["dCentredBySquare", "centredForSquare"],
    ["dCentred", "centred"],
    ["dMean", "mean"],
    ["dx", "x"],
  ];
  it.each(gradients)("%s is the slope of the loss by %s", (gradient, value) => {
    expect(stageValue(staged, gradient)).toBeAllClose(slopes(value), { atol: 1e-8, rtol: 1e-8 });
  });

  it("dSquared, the same for every row, is the slope of the loss by squared", () => {
    const [slope, ...others] = slopes("squared");
    expect(stageValue(staged, "dSquared")).toBeAllClose([slope], { atol: 1e-8, rtol: 1e-8 });
    expect(others).toBeAllClose(
      others.map(() => slope),
      { atol: 1e-8, rtol: 1e-8 },
    );
  });

  it("on the way back undoes what was done, the last step first", () => {
    const there = staged.stages.map(({ step }) => step).filter((step) => !step.startsWith("undo "));
    const back = staged.stages.map(({ step }) => step).filter((step) => step.startsWith("undo "));
    expect([...new Set(back)]).toEqual(["affine", ...there.reverse()].map((step) => `undo ${step}`));
  });

  it("has a name of its own, and a formula", () => {
    const names = staged.stages.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { formula } of staged.stages) expect(formula).toMatch(/^\S+ = \S/);
  });

  it("ends in what is returned", () => {
    expect(stageValue(staged, "dx")).toEqual([...staged.dx.data]);
    expect(stageValue(staged, "dGamma")).toEqual([...staged.dGamma.data]);
    expect(stageValue(staged, "dBeta")).toEqual([...staged.dBeta.data]);
  });

  it("keeps the dtype, and is rounded to it", () => {
    const inFloat32 = batchNormBackwardStaged(
      normal([4, 2], rng),
      normal([4, 2], rng),
      tensor([1, 2]),
      epsilon,
    );
    expect(new Set(inFloat32.stages.map(({ value }) => value.dtype))).toEqual(new Set(["float32"]));
    expect(new Set(staged.stages.map(({ value }) => value.dtype))).toEqual(new Set(["float64"]));
  });

  it("prints", () => {
    const small = batchNormBackwardStaged(tensor([[3], [1]]), tensor([[5], [1]]), tensor([1]), 0);
    const lines = small.stages.map(({ step, formula, value }) => `${step}: ${formula}: ${inspect(value)}`);
    expect(lines).toEqual([
      "mean: μ = mean(x): Tensor float32 [1]\n[3]",
      "centre: c = x − μ: Tensor float32 [2, 1]\n[[ 2],\n [-2]]",
      "square: q = c²: Tensor float32 [2, 1]\n[[4],\n [4]]",
      "variance: σ² = mean(q): Tensor float32 [1]\n[4]",
      "root: s = √(σ² + ε): Tensor float32 [1]\n[2]",
      "invert: r = 1/s: Tensor float32 [1]\n[0.5]",
      "scale: x̂ = c·r: Tensor float32 [2, 1]\n[[ 1],\n [-1]]",
      "undo affine: dβ = Σ dy: Tensor float32 [1]\n[4]",
      "undo affine: dγ = Σ dy·x̂: Tensor float32 [1]\n[2]",
      "undo affine: dx̂ = dy·γ: Tensor float32 [2, 1]\n[[3],\n [1]]",
      "undo scale: dr = Σ dx̂·c: Tensor float32 [1]\n[4]",
      "undo scale: dc₁ = dx̂·r: Tensor float32 [2, 1]\n[[1.5],\n [0.5]]",
      "undo invert: ds = −dr·r²: Tensor float32 [1]\n[-1]",
      "undo root: dσ² = ds/(2·s): Tensor float32 [1]\n[-0.25]",
      "undo variance: dq = dσ²/N: Tensor float32 [1]\n[-0.125]",
      "undo square: dc₂ = 2·c·dq: Tensor float32 [2, 1]\n[[-0.5],\n [ 0.5]]",
      "undo centre: dc = dc₁ + dc₂: Tensor float32 [2, 1]\n[[1],\n [1]]",
      "undo centre: dμ = −Σ dc: Tensor float32 [1]\n[-2]",
      "undo mean: dx = dc + dμ/N: Tensor float32 [2, 1]\n[[0],\n [0]]",
    ]);
  });
});

describe("beside TensorFlow, one neuron wide", () => {
  const { epsilon, cases } = readFixture<OneNeuronFixture>(import.meta.url, "tensorflow-one-neuron.json");
  const column = (values: readonly number[]): Rows64 =>
    tensor(
      values.map((value) => [value]),
      "float64",
    );
  const one = tensor([1], "float64");
  const runningPair = { mean: tensor([0], "float64"), variance: one };
  const inFloat64 = cases.filter(({ dtype }) => dtype === "float64");

  it.each(inFloat64.filter(({ mode }) => mode === "train"))(
    "training, $n rows: its gradients",
    ({ x, dy, dx, dGamma, dBeta }) => {
      const staged = batchNormBackwardStaged(column(dy), column(x), one as Vector64, epsilon);
      const tolerance = { atol: 3e-15, rtol: 0 };
      expect(staged.dx.data).toBeAllClose(dx, tolerance);
      expect(staged.dGamma.data).toBeAllClose(dGamma, tolerance);
      expect(staged.dBeta.data).toBeAllClose(dBeta, tolerance);
    },
  );

  it.each(inFloat64.filter(({ mode }) => mode === "test"))(
    "testing, $n rows: with the running pair its dγ and dβ, and not its dx",
    ({ x, dy, dx, dGamma, dBeta }) => {
      const staged = batchNormBackwardStaged(column(dy), column(x), one as Vector64, epsilon, runningPair);
      const tolerance = { atol: 3e-15, rtol: 0 };
      expect(staged.dGamma.data).toBeAllClose(dGamma, tolerance);
      expect(staged.dBeta.data).toBeAllClose(dBeta, tolerance);
      expect(Math.max(...dx.map((value, i) => Math.abs(value - staged.dx.data[i])))).toBeGreaterThan(1e-2);
    },
  );

  it("two rows in testing: 0.263 and −0.263, where the truth is 0.640 and 0.105", () => {
    const two = inFloat64.find(({ n, mode }) => n === 2 && mode === "test");
    if (!two) throw new Error("the fixture has no case of two rows");
    const wrong = batchNormBackwardStaged(
      column(two.dy),
      column(two.x),
      one as Vector64,
      epsilon,
      runningPair,
    );
    expect(wrong.stages[0].formula).toBe("μ is given");
    expect(wrong.dx.data).toBeAllClose([0.263, -0.263], { atol: 5e-4, rtol: 0 });
    expect(two.dx).toBeAllClose([0.64, 0.105], { atol: 5e-4, rtol: 0 });
  });
});

describe("errors", () => {
  const vector = (size: number) => zeros([size]);
  const rows = (n: number, features: number) => zeros([n, features]);

  it("name the tensor that does not fit", () => {
    expect(() => batchNormBackwardStaged(rows(2, 3), rows(2, 3), vector(4) as never, 1e-5)).toThrow(
      "batchNormBackwardStaged: x must be [N>=1, 4], got [2, 3] (axis 1 is 3, not 4)",
    );
    expect(() => batchNormBackwardStaged(rows(0, 3), rows(0, 3), vector(3), 1e-5)).toThrow(
      "batchNormBackwardStaged: x must be [N>=1, 3], got [0, 3] (axis 0 is 0, less than 1)",
    );
    expect(() => batchNormBackwardStaged(rows(3, 3), rows(2, 3), vector(3), 1e-5)).toThrow(
      "batchNormBackwardStaged: dy must be [2, 3], got [3, 3] (axis 0 is 3, not 2)",
    );
    const pair = { mean: vector(2), variance: vector(3) };
    expect(() => batchNormBackwardStaged(rows(2, 3), rows(2, 3), vector(3), 1e-5, pair as never)).toThrow(
      "batchNormBackwardStaged: mean must be [3], got [2] (axis 0 is 2, not 3)",
    );
    expect(() =>
      batchNormBackwardStaged(rows(2, 3), rows(2, 3), vector(3), 1e-5, {
        mean: vector(3),
        variance: vector(2) as never,
      }),
    ).toThrow("batchNormBackwardStaged: variance must be [3], got [2] (axis 0 is 2, not 3)");
  });

  it("types: widths and dtypes must fit, and the moments are vectors", () => {
    const x = tensor([[1, 2]]) as Rows<2>;
    // @ts-expect-error γ of three features for x of two
    expect(() => batchNormBackwardStaged(x, x, tensor([1, 2, 3]), 1e-5)).toThrow();
    // @ts-expect-error a float64 γ for a float32 x
    expect(() => batchNormBackwardStaged(x, x, tensor([1, 2], "float64"), 1e-5)).toThrow();
    const { cache } = batchNormEval(x, tensor([1, 1]), tensor([0, 0]), tensor([0, 0]), tensor([1, 1]), 1e-5);
    // @ts-expect-error the moments are a pair of vectors, not an eval pass's cache
    expect(() => batchNormBackwardStaged(x, x, tensor([1, 1]), 1e-5, cache)).toThrow();
  });
});
