import { checkGradients } from "@handgrad/gradcheck";
import {
  cast,
  clone,
  fromData,
  full,
  mul,
  normal,
  Random,
  type Rows,
  sliceRows,
  sum,
  tensor,
  type Vector,
  zeros,
} from "@handgrad/tensor";
import "testing";
import { describe, expect, it } from "vitest";
import {
  BatchNorm,
  type BatchNormOptions,
  batchNormEval,
  batchNormEvalBackward,
  batchNormTrain,
  batchNormTrainBackward,
} from "./batch-norm.js";

type Rows64 = Rows<number, "float64">;
type Vector64 = Vector<number, "float64">;

const rng = new Random(11);
const normal64 = (rows: number, features: number, mean = 0, deviation = 1): Rows64 =>
  normal([rows, features], rng, { mean, deviation, dtype: "float64" });

/** A float64 layer with γ ≠ 1, β ≠ 0 and a running pair away from (0, 1). */
function layerOf(features: number, options: BatchNormOptions<"float64"> = {}) {
  const layer = new BatchNorm(features, { dtype: "float64", ...options });
  for (let j = 0; j < features; j++) {
    layer.params.gamma.value.data[j] = 1.5 + rng.uniform();
    layer.params.beta.value.data[j] = rng.normal();
    layer.state.popMean.data[j] = rng.normal();
    layer.state.popVar.data[j] = 0.5 + rng.uniform();
  }
  return layer;
}

describe("gradients", () => {
  it("are proved in both modes, for every option and size", () => {
    for (const epsilon of [1e-5, 1e-1]) {
      for (const decay of [0, 0.9, "cumulative"] as const) {
        for (const varianceCorrection of ["biased", "unbiased"] as const) {
          const layer = layerOf(3, { epsilon, decay, varianceCorrection });
          const check = checkGradients(layer, { input: normal64(5, 3, 2, 3) });
          expect(check.pass, JSON.stringify(check.worst)).toBe(true);
        }
      }
    }
    for (const [rows, features] of [
      [2, 1],
      [3, 2],
      [4, 4],
      [5, 5],
      [17, 17],
    ]) {
      const check = checkGradients(layerOf(features), { input: normal64(rows, features) });
      expect(check.pass, JSON.stringify(check.worst)).toBe(true);
    }
  });

  it("add to what is there", () => {
    const layer = layerOf(2);
    layer.forward(normal64(4, 2), "train");
    const dy = normal64(4, 2);
    layer.backward(dy);
    const once = [...layer.params.gamma.grad.data, ...layer.params.beta.grad.data];
    layer.backward(dy);
    const twice = [...layer.params.gamma.grad.data, ...layer.params.beta.grad.data];
    expect(twice).toEqual(once.map((g) => 2 * g));
  });
});

describe("invariants, with ε kept", () => {
  // Float64, σ² around ε: here every identity has a right side that rounding does not hide.
  const epsilon = 1e-3;
  const x = normal64(7, 3, 5, 0.03);
  const dy = normal64(7, 3);
  const gamma = tensor([1.5, -2, 0.7], "float64") as Vector64;
  const beta = tensor([0.1, 3, -1], "float64") as Vector64;
  const { y, cache, batch } = batchNormTrain(x, gamma, beta, epsilon);
  const { dx, dGamma } = batchNormTrainBackward(dy, cache);
  const xhat = fromData(
    x.data.map((value, i) => (value - cache.mean[i % 3]) * cache.r[i % 3]),
    [7, 3],
  ) as Rows64;

  it("Σ dx = 0", () => {
    expect(sum(dx, 0)).toBeAllClose([0, 0, 0], { atol: 1e-12, rtol: 0 });
  });

  it("Σ dx·x̂ = γ·ε·r³·dγ", () => {
    const expected = [0, 1, 2].map((j) => gamma.data[j] * epsilon * cache.r[j] ** 3 * dGamma.data[j]);
    expect(sum(mul(dx, xhat), 0)).toBeAllClose(expected, { atol: 1e-12, rtol: 1e-12 });
    expect(Math.abs(expected[0])).toBeGreaterThan(1e-2);
  });

  it("mean(y) = β and var(y) = γ²·σ²/(σ² + ε)", () => {
    for (const j of [0, 1, 2]) {
      const column = [...y.data].filter((_, i) => i % 3 === j);
      const mean = column.reduce((a, b) => a + b) / 7;
      const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / 7;
      expect(mean).toBeAllClose(beta.data[j], { atol: 1e-13, rtol: 1e-13 });
      const expected = (gamma.data[j] ** 2 * batch.variance[j]) / (batch.variance[j] + epsilon);
      expect(variance).toBeAllClose(expected, { atol: 0, rtol: 1e-12 });
    }
  });

  it("two rows: |dx| = γ·ε·r³·|dy₁ − dy₂|/2", () => {
    const two = sliceRows(x, 0, 2) as Rows64;
    const upstream = sliceRows(dy, 0, 2) as Rows64;
    const pass = batchNormTrain(two, gamma, beta, epsilon);
    const gradients = batchNormTrainBackward(upstream, pass.cache);
    for (const j of [0, 1, 2]) {
      const expected =
        (Math.abs(gamma.data[j]) *
          epsilon *
          pass.cache.r[j] ** 3 *
          Math.abs(upstream.data[j] - upstream.data[3 + j])) /
        2;
      expect(Math.abs(gradients.dx.data[j])).toBeAllClose(expected, { atol: 1e-13, rtol: 1e-10 });
    }
  });
});

describe("the question this project comes from", () => {
  it("eval mode's dx is γ·r·dy, not the training formula over the running pair", () => {
    const x = tensor([[0.37], [0.63]], "float64") as Rows64;
    const dy = tensor([[0.64], [0.105]], "float64") as Rows64;
    const one = tensor([1], "float64") as Vector64;
    const zero = tensor([0], "float64") as Vector64;
    const { cache } = batchNormEval(x, one, zero, zero, one, 1e-7);
    const { dx } = batchNormEvalBackward(dy, cache);
    expect(dx).toBeAllClose([[0.64 / Math.sqrt(1 + 1e-7)], [0.105 / Math.sqrt(1 + 1e-7)]], {
      atol: 0,
      rtol: 1e-15,
    });
    // @ts-expect-error an eval pass does not compile into the training formula
    batchNormTrainBackward(dy, cache);
  });

  it("row i of eval's dx depends on row i of dy alone, and eval of a concatenation is the concatenation of evals", () => {
    const layer = layerOf(3);
    const x = normal64(6, 3);
    const whole = layer.forward(x, "eval");
    const dy = normal64(6, 3);
    const dx = layer.backward(dy);
    for (let i = 0; i < 6; i++) {
      const row = layer.forward(sliceRows(x, i, i + 1) as Rows64, "eval");
      expect(row.data).toEqual(whole.data.slice(3 * i, 3 * i + 3));
      const alone = layer.backward(sliceRows(dy, i, i + 1) as Rows64);
      expect(alone.data).toEqual(dx.data.slice(3 * i, 3 * i + 3));
    }
  });
});

describe("the running pair", () => {
  it("after k passes over one batch is decayᵏ·initial + (1 − decayᵏ)·batch", () => {
    const x = normal64(5, 2, 3, 2) as Rows<2, "float64">;
    for (const decay of [0, 0.5, 0.9, 0.999]) {
      const layer = new BatchNorm(2, { decay, dtype: "float64" });
      for (let k = 1; k <= 4; k++) {
        layer.forward(x, "train");
        const { batch } = batchNormTrain(x, layer.params.gamma.value, layer.params.beta.value, 1e-5);
        const share = 1 - decay ** k;
        const tolerance = { atol: 1e-14, rtol: 1e-13 };
        expect(layer.state.popMean).toBeAllClose(
          batch.mean.map((m) => share * m),
          tolerance,
        );
        expect(layer.state.popVar).toBeAllClose(
          batch.variance.map((v) => decay ** k + share * v),
          tolerance,
        );
      }
    }
  });

  it('"cumulative" is the plain average of all batches, "unbiased" divides by N − 1', () => {
    const layer = new BatchNorm(1, { decay: "cumulative", varianceCorrection: "unbiased", dtype: "float64" });
    layer.forward(tensor([[1], [3]], "float64"), "train");
    layer.forward(tensor([[2], [8]], "float64"), "train");
    expect(layer.state.popMean).toBeAllClose([3.5], { atol: 1e-15, rtol: 1e-15 });
    expect(layer.state.popVar).toBeAllClose([10], { atol: 1e-15, rtol: 1e-15 });
  });

  it("serves no rows and one row in an evaluation pass", () => {
    const layer = layerOf(2);
    expect(layer.forward(zeros([0, 2], "float64"), "eval").shape).toEqual([0, 2]);
    expect(layer.backward(zeros([0, 2], "float64")).shape).toEqual([0, 2]);
    const check = checkGradients(layer, { input: normal64(1, 2), modes: ["eval"] });
    expect(check.pass, JSON.stringify(check.worst)).toBe(true);
  });

  it("is not written by an evaluation pass", () => {
    const layer = layerOf(2);
    const before = [clone(layer.state.popMean), clone(layer.state.popVar), layer.state.batches];
    layer.forward(normal64(3, 2), "eval");
    layer.backward(normal64(3, 2));
    expect([layer.state.popMean, layer.state.popVar, layer.state.batches]).toEqual(before);
  });

  it("leaves out a batch whose variance overflows the dtype, but normalises it", () => {
    for (const [dtype, huge] of [
      ["float32", 1e30],
      ["float64", 1e300],
    ] as const) {
      const layer = new BatchNorm(2, { dtype });
      const x = cast(
        tensor(
          [
            [1, huge],
            [3, -huge],
          ],
          "float64",
        ),
        dtype,
      );
      expect(layer.forward(x as never, "train")).toBeAllClose([-1, 1, 1, -1], { atol: 1e-5, rtol: 0 }); // ε at σ 1
      expect([...layer.state.popMean.data, ...layer.state.popVar.data, layer.state.batches]).toEqual([
        0, 0, 1, 1, 0,
      ]);
    }
  });

  it("leaves out a batch with a NaN or an infinity", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const layer = new BatchNorm(2);
      const y = layer.forward(
        tensor([
          [1, bad],
          [2, 3],
        ]),
        "train",
      );
      expect(y.data[1]).toBeNaN();
      expect([...layer.state.popMean.data, ...layer.state.popVar.data, layer.state.batches]).toEqual([
        0, 0, 1, 1, 0,
      ]);
    }
  });
});

describe("numerics", () => {
  it("rescues the columns whose squares overflow float64, and no others", () => {
    const x = tensor(
      [
        [1, 1e300, 1.7e308, 1, Number.NaN, 1e300],
        [2, -1e300, 1.6e308, 3, 1, Number.POSITIVE_INFINITY],
        [4, 4e300, 1.5e308, 4, 2, 1],
      ],
      "float64",
    );
    const vector = (value: number) => full([6], value, "float64");
    const { y, cache, batch } = batchNormTrain(x, vector(1), vector(0), 1e-3);
    const plain = batchNormTrain(
      tensor(
        [
          [1, 1],
          [2, 3],
          [4, 4],
        ],
        "float64",
      ),
      full([2], 1, "float64"),
      full([2], 0, "float64"),
      1e-3,
    );
    for (const [j, twin] of [
      [0, 0],
      [3, 1],
    ] as const) {
      expect(batch.mean[j]).toBe(plain.batch.mean[twin]);
      expect(batch.variance[j]).toBe(plain.batch.variance[twin]);
      expect(cache.r[j]).toBe(plain.cache.r[twin]);
    }
    // (1, −1, 4)·1e300 has mean 4/3 and variance 38/9; (17, 16, 15)·1e307 has mean 16 and variance 2/3.
    expect(batch.mean.subarray(1, 3)).toBeAllClose([(4 / 3) * 1e300, 1.6e308], { atol: 0, rtol: 1e-15 });
    expect([...batch.variance.subarray(1, 3)]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([7, 1, 13].map((i) => y.data[i] * Math.sqrt(38))).toBeAllClose([-7, -1, 8], {
      atol: 0,
      rtol: 1e-14,
    });
    expect([2, 8, 14].map((i) => y.data[i])).toBeAllClose([Math.sqrt(1.5), 0, -Math.sqrt(1.5)], {
      atol: 1e-14, // 1.6e308 itself is rounded, by 2e-15 of σ
      rtol: 0,
    });
    for (const i of [4, 5, 10, 11, 16, 17]) expect(y.data[i]).toBeNaN();
  });

  it("keeps its digits in float32 at offset 1e4 and σ 1e-2 in training", () => {
    const x = normal([64, 2], new Random(1), { mean: 1e4, deviation: 1e-2 });
    const exact = Float64Array.from(x.data);
    const layer = new BatchNorm(2, { decay: 0, epsilon: 1e-12 });
    const y = layer.forward(x, "train");
    const truth = batchNormTrain(
      fromData(exact, [64, 2]) as Rows64,
      tensor([1, 1], "float64") as Vector64,
      tensor([0, 0], "float64") as Vector64,
      1e-12,
    ).y;
    expect(y).toBeAllClose(truth, { atol: 5e-7, rtol: 0 });
  });

  it("gives constant columns β and no gradient through them but ε's", () => {
    const layer = new BatchNorm(1, { epsilon: 1e-5, dtype: "float64" });
    layer.params.beta.value.data[0] = 4;
    expect([...layer.forward(tensor([[7], [7], [7]], "float64"), "train").data]).toEqual([4, 4, 4]);
    const dx = layer.backward(tensor([[1], [2], [6]], "float64"));
    expect(dx).toBeAllClose(
      [-2, -1, 3].map((d) => d / Math.sqrt(1e-5)),
      { atol: 0, rtol: 1e-14 },
    );
  });
});

describe("what forward and backward return", () => {
  it("is not changed by later calls", () => {
    const layer = layerOf(2);
    const y = layer.forward(normal64(3, 2), "train");
    const dx = layer.backward(normal64(3, 2));
    const held = [clone(y), clone(dx)];
    layer.forward(normal64(3, 2), "train");
    layer.backward(normal64(3, 2));
    layer.forward(normal64(3, 2), "eval");
    expect([y, dx]).toEqual(held);
  });
});

describe("errors", () => {
  it("name the option, what was expected and what came", () => {
    expect(() => new BatchNorm(0)).toThrow("BatchNorm: features must be a positive integer, got 0");
    for (const decay of [1, -0.1, Number.NaN]) {
      expect(() => new BatchNorm(1, { decay })).toThrow(
        `BatchNorm: decay must be in [0, 1) or "cumulative", got ${decay}`,
      );
    }
    expect(() => new BatchNorm(1, { epsilon: 0 })).toThrow(
      "BatchNorm: epsilon must be a positive number, got 0",
    );
    expect(() => new BatchNorm(1, { varianceCorrection: "none" as "biased" })).toThrow(
      'BatchNorm: varianceCorrection must be "biased" or "unbiased", got none',
    );
  });

  it("name the tensor that does not fit", () => {
    const layer = new BatchNorm(128);
    expect(() => layer.forward(zeros([32, 784]) as never, "train")).toThrow(
      "BatchNorm.forward: x must be [N>=2, 128], got [32, 784] (axis 1 is 784, not 128)",
    );
    expect(() => layer.forward(zeros([1, 128]), "train")).toThrow(
      "BatchNorm.forward: x must be [N>=2, 128], got [1, 128] (axis 0 is 1, less than 2)",
    );
    expect(layer.forward(zeros([1, 128]), "eval").shape).toEqual([1, 128]);
    expect(() => layer.forward(zeros([2, 128]), "training" as "train")).toThrow(
      'BatchNorm.forward: mode must be "train" or "eval", got training',
    );
    expect(() => new BatchNorm(2).backward(zeros([1, 2]))).toThrow(
      "BatchNorm.backward: there is no forward pass to go back through",
    );
    expect(() => layer.backward(zeros([2, 128]))).toThrow(
      "BatchNorm.backward: dy must be [1, 128], got [2, 128] (axis 0 is 2, not 1)",
    );
  });

  it("name the argument of a pure function that does not fit", () => {
    const x = zeros([2, 3]) as Rows;
    const three = zeros([3]) as Vector;
    const one = zeros([1]) as Vector;
    expect(() => batchNormTrain(x, one, one, 1e-5)).toThrow(
      "batchNormTrain: x must be [N>=2, 1], got [2, 3]",
    );
    for (const epsilon of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      const expected = `epsilon must be a number of at least 0, got ${epsilon}`;
      expect(() => batchNormTrain(x, three, three, epsilon)).toThrow(`batchNormTrain: ${expected}`);
      expect(() => batchNormEval(x, three, three, three, three, epsilon)).toThrow(
        `batchNormEval: ${expected}`,
      );
    }
    expect(() => batchNormTrain(x, three, one, 1e-5)).toThrow("batchNormTrain: beta must be [3], got [1]");
    expect(() => batchNormEval(x, three, three, one, three, 1e-5)).toThrow(
      "batchNormEval: popMean must be [3], got [1]",
    );
    expect(() => batchNormEval(x, three, three, three, one, 1e-5)).toThrow(
      "batchNormEval: popVar must be [3], got [1]",
    );
    const { cache } = batchNormTrain(x, three, three, 1e-5);
    expect(() => batchNormTrainBackward(zeros([1, 3]), cache)).toThrow(
      "batchNormTrainBackward: dy must be [2, 3], got [1, 3]",
    );
  });
});
