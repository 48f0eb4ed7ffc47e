import { checkGradients } from "@handgrad/gradcheck";
import {
  add,
  allocate,
  type FloatDType,
  fromData,
  gatherRows,
  type Matrix,
  mul,
  permutation,
  Random,
  type Rows,
  sliceRows,
  type Vector,
} from "@handgrad/tensor";
import * as fc from "fast-check";
import { normals, propertyRuns, uniforms } from "testing";
import { describe, expect, it } from "vitest";
import {
  BatchNorm,
  batchNormEval,
  batchNormEvalBackward,
  batchNormTrain,
  batchNormTrainBackward,
  type Decay,
} from "./batch-norm.js";
import { dense, denseBackward } from "./dense.js";
import type { Mode } from "./layer.js";
import { exactBatchNorm } from "./test-exact-batch-norm.js";
import { roundingBounds, shareUsed, UNIT } from "./test-rounding.js";

// Every bound is a worst case of the arithmetic (test-rounding.ts): the layer sums in float64 and stores its dtype.
// The tests compute in float64 too; what their own sums of n terms may lose is n·U·Σ|terms|.
const U = UNIT.float64;

/** A case by a few numbers, so that a failure prints small and shrinks: the data follow from the seed. */
interface Scene {
  readonly rows: number;
  readonly features: number;
  readonly dtype: FloatDType;
  /** σ of x, as a power of ten; its mean in units of σ. */
  readonly scale: number;
  readonly offset: number;
  readonly epsilon: number;
  readonly seed: number;
}

const scenes = (fixed: { [K in keyof Scene]?: fc.Arbitrary<Scene[K]> } = {}): fc.Arbitrary<Scene> =>
  fc.record({
    rows: fc.integer({ min: 2, max: 33 }),
    features: fc.integer({ min: 1, max: 9 }),
    dtype: fc.constantFrom("float32", "float64"),
    scale: fc.integer({ min: -6, max: 6 }),
    offset: fc.constantFrom(0, 1, -30, 1000),
    epsilon: fc.constantFrom(1e-12, 1e-7, 1e-5, 1e-3, 1e-1),
    seed: fc.nat(),
    ...fixed,
  });

type AnyRows = Rows<number, FloatDType>;
type AnyVector = Vector<number, FloatDType>;

function rowsOf(dtype: FloatDType, columns: number, values: ArrayLike<number>): AnyRows {
  const data = allocate(dtype, values.length);
  data.set(values);
  return fromData(data as Float64Array, [values.length / columns, columns]) as AnyRows;
}

function vectorOf(dtype: FloatDType, values: ArrayLike<number>): AnyVector {
  const data = allocate(dtype, values.length);
  data.set(values);
  return fromData(data as Float64Array, [values.length]) as AnyVector;
}

/** The batch of a scene, the parameters and running pair of its layer, and a second upstream gradient. */
function batchOf({ rows, features, dtype, scale, offset, seed }: Scene) {
  const deviation = 10 ** scale;
  const [x, dy, dy2] = [{ mean: offset * deviation, deviation }, {}, {}].map((options, k) =>
    rowsOf(dtype, features, normals(3 * seed + k, rows * features, options)),
  );
  const random = (k: number, min: number, max: number) =>
    vectorOf(dtype, uniforms(7 * seed + k, features, { min, max }));
  return {
    x,
    dy,
    dy2,
    gamma: random(0, -2, 2),
    beta: random(1, -3, 3),
    popMean: random(2, (offset - 1) * deviation, (offset + 1) * deviation),
    popVar: random(3, 0, 2 * deviation * deviation),
  };
}
type Batch = ReturnType<typeof batchOf>;

/** One pass there and back, and what rounding may have done to it. */
function pass(batch: Batch, epsilon: number, mode: Mode) {
  const { x, dy, gamma, beta, popMean, popVar } = batch;
  const stored = x.dtype;
  const numbers = { x: x.data, dy: dy.data, gamma: gamma.data, beta: beta.data, mode };
  if (mode === "eval") {
    const { y, cache } = batchNormEval(x, gamma, beta, popMean, popVar, epsilon);
    const { mean, r } = cache;
    const bounds = roundingBounds({ ...numbers, mean, r, arithmetic: "float64", stored });
    return { y, mean, r, ...batchNormEvalBackward(dy, cache), bounds };
  }
  const { y, cache } = batchNormTrain(x, gamma, beta, epsilon);
  const { mean, variance } = moments(x);
  const r = variance.map((v) => 1 / Math.sqrt(v + epsilon));
  const bounds = roundingBounds({ ...numbers, mean, r, arithmetic: "float64", stored });
  return { y, mean, r, ...batchNormTrainBackward(dy, cache), bounds };
}

/** Mean and biased variance by feature, by the definition and apart from the library. */
function moments({ shape: [rows, features], data }: AnyRows) {
  const mean = new Float64Array(features);
  const variance = new Float64Array(features);
  for (let j = 0; j < features; j++) {
    const column = columnOf(data, j, features);
    mean[j] = total(column) / rows;
    mean[j] += total(column.map((value) => value - mean[j])) / rows;
    variance[j] = total(column.map((value) => (value - mean[j]) ** 2)) / rows;
  }
  return { mean, variance };
}

const columnOf = (data: ArrayLike<number>, j: number, features: number): Float64Array =>
  Float64Array.from({ length: data.length / features }, (_, i) => data[i * features + j]);
const total = (terms: Float64Array): number => terms.reduce((sum, term) => sum + term, 0);
const size = (terms: Float64Array): number => total(terms.map(Math.abs));
const dot = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value * b[i]);

/** What the layer's results are off by, for one column. */
function column(batch: Batch, { y, dx, mean, r, dGamma, bounds }: ReturnType<typeof pass>, j: number) {
  const features = batch.gamma.data.length;
  const of = (data: ArrayLike<number>) => columnOf(data, j, features);
  return {
    gamma: batch.gamma.data[j],
    beta: batch.beta.data[j],
    mean: mean[j],
    r: r[j],
    dGamma: dGamma.data[j],
    dGammaBound: bounds.dGamma[j],
    y: of(y.data),
    yBound: of(bounds.y),
    dx: of(dx.data),
    dxBound: of(bounds.dx),
    xhat: of(batch.x.data).map((value) => (value - mean[j]) * r[j]),
    xhatBound: of(bounds.xhat),
  };
}

describe("gradients", () => {
  it("are those of finite differences, in both modes", () => {
    const float64 = scenes({
      rows: fc.integer({ min: 2, max: 7 }),
      features: fc.integer({ min: 1, max: 3 }),
      dtype: fc.constant("float64"),
    });
    const decays = fc.constantFrom<Decay[]>(0, 0.9, 0.999, "cumulative");
    fc.assert(
      fc.property(float64, decays, (scene, decay) => {
        const batch = batchOf(scene);
        const { x, gamma, beta, popMean, popVar } = batch;
        const layer = new BatchNorm(scene.features, { epsilon: scene.epsilon, decay, dtype: "float64" });
        layer.params.gamma.value.data.set(gamma.data);
        layer.params.beta.value.data.set(beta.data);
        layer.state.popMean.data.set(popMean.data);
        layer.state.popVar.data.set(popVar.data);
        // Two rows far from zero that lie close together: dx cancels digits that y keeps, which the check can't know.
        const atol = 1e-12 + Math.max(...pass(batch, scene.epsilon, "train").bounds.dx);
        const check = checkGradients(layer, { input: x, seed: scene.seed, tolerance: { atol } });
        expect(check.pass, JSON.stringify(check.worst)).toBe(true);
      }),
      propertyRuns(200),
    );
  });

  it("and outputs are those of exact arithmetic, at any scale and offset", () => {
    const wide = scenes({
      scale: fc.integer({ min: -18, max: 18 }),
      offset: fc.constantFrom(0, 1, -30, 1e3, -1e5, 1e7),
    });
    fc.assert(
      fc.property(wide, fc.constantFrom<Mode[]>("train", "eval"), (scene, mode) => {
        const batch = batchOf(scene);
        const { x, dy, gamma, beta, popMean, popVar } = batch;
        const numbers = {
          x: x.data,
          dy: dy.data,
          gamma: gamma.data,
          beta: beta.data,
          epsilon: scene.epsilon,
        };
        const pair = { mean: popMean.data, variance: popVar.data };
        const exact = exactBatchNorm(mode === "eval" ? { ...numbers, pair } : numbers);
        const got = pass(batch, scene.epsilon, mode);
        for (const name of ["y", "dx", "dGamma", "dBeta"] as const) {
          expect(shareUsed(got[name].data, exact[name], got.bounds[name]), name).toBeLessThanOrEqual(1);
        }
        if (scene.dtype === "float32") {
          const required = exact.y.map((y) => 5e-7 * Math.max(1, Math.abs(y)));
          expect(shareUsed(got.y.data, exact.y, required)).toBeLessThanOrEqual(1);
        }
      }),
      propertyRuns(300),
    );
  });

  it("are linear in dy, in both modes", () => {
    const factors = fc.constantFrom(-3, 0.5, 1, 10);
    fc.assert(
      fc.property(
        scenes(),
        factors,
        factors,
        fc.constantFrom<Mode[]>("train", "eval"),
        (scene, a, b, mode) => {
          const batch = batchOf(scene);
          const mixed = add(mul(batch.dy, a), mul(batch.dy2, b));
          const first = pass(batch, scene.epsilon, mode);
          const second = pass({ ...batch, dy: batch.dy2 }, scene.epsilon, mode);
          const both = pass({ ...batch, dy: mixed }, scene.epsilon, mode);
          // dy is itself rounded, three times; backward passes that on like any other change of dy.
          const rounded = mixed.data.map(
            (_, i) =>
              3 * UNIT[scene.dtype] * (Math.abs(a * batch.dy.data[i]) + Math.abs(b * batch.dy2.data[i])),
          );
          for (const name of ["dx", "dGamma", "dBeta"] as const) {
            const expected = Float64Array.from(
              first[name].data,
              (value, i) => a * value + b * second[name].data[i],
            );
            const bound = both.bounds[name].map(
              (own, i) => own + Math.abs(a) * first.bounds[name][i] + Math.abs(b) * second.bounds[name][i],
            );
            const passedOn = passOn(batch, both, rounded, mode)[name];
            expect(shareUsed(both[name].data, expected, bound, passedOn), name).toBeLessThanOrEqual(1);
          }
        },
      ),
      propertyRuns(200),
    );
  });
});

/** The most that a change of dy by at most `change` does to the gradients: the formulas with |terms|. */
function passOn(batch: Batch, { mean, r }: ReturnType<typeof pass>, change: ArrayLike<number>, mode: Mode) {
  const features = batch.gamma.data.length;
  const rows = change.length / features;
  const xhat = Float64Array.from(batch.x.data, (x, i) =>
    Math.abs((x - mean[i % features]) * r[i % features]),
  );
  const dBeta = new Float64Array(features);
  const dGamma = new Float64Array(features);
  for (let i = 0; i < change.length; i++) {
    dBeta[i % features] += change[i];
    dGamma[i % features] += change[i] * xhat[i];
  }
  const dx = Float64Array.from(change, (own, i) => {
    const j = i % features;
    const through = mode === "train" ? dBeta[j] / rows + (xhat[i] * dGamma[j]) / rows : 0;
    return Math.abs(batch.gamma.data[j]) * r[j] * (own + through);
  });
  return { dx, dGamma, dBeta };
}

describe("in training", () => {
  const columns = (scene: Scene, check: (of: ReturnType<typeof column>, n: number) => void) => {
    const batch = batchOf(scene);
    const trained = pass(batch, scene.epsilon, "train");
    for (let j = 0; j < scene.features; j++) check(column(batch, trained, j), scene.rows);
  };

  it("mean(y) = β and var(y) = γ²·σ²/(σ² + ε)", () => {
    fc.assert(
      fc.property(scenes(), (scene) => {
        const { variance } = moments(batchOf(scene).x);
        let j = 0;
        columns(scene, ({ y, yBound, gamma, beta }, n) => {
          const mean = total(y) / n;
          expect(Math.abs(mean - beta)).toBeLessThanOrEqual(total(yBound) / n + (n * U * size(y)) / n);
          const expected = (gamma * gamma * variance[j]) / (variance[j] + scene.epsilon);
          j++;
          const got = total(y.map((value) => (value - mean) ** 2)) / n;
          // A change e of every y moves the variance by at most 2·e·√var + e²; σ² has rounding of its own.
          const e = Math.max(...yBound);
          const own = 4 * (n + 4) * U * gamma * gamma;
          expect(Math.abs(got - expected)).toBeLessThanOrEqual(2 * e * Math.abs(gamma) + e * e + own);
        });
      }),
      propertyRuns(300),
    );
  });

  it("Σ dx = 0", () => {
    fc.assert(
      fc.property(scenes(), (scene) => {
        columns(scene, ({ dx, dxBound }, n) => {
          expect(Math.abs(total(dx))).toBeLessThanOrEqual(total(dxBound) + n * U * size(dx));
        });
      }),
      propertyRuns(200),
    );
  });

  it("Σ dx·x̂ = γ·ε·r³·dγ", () => {
    fc.assert(
      fc.property(scenes(), (scene) => {
        columns(scene, (of, n) => {
          const { got, expected, bound } = epsilonIdentity(of, scene.epsilon, n);
          expect(Math.abs(got - expected)).toBeLessThanOrEqual(bound);
        });
      }),
      propertyRuns(300),
    );
  });

  it("⟨wⱼ, dWⱼ⟩ = γⱼ·ε·rⱼ²·dγⱼ for the dense layer that feeds it", () => {
    fc.assert(
      fc.property(
        scenes({ offset: fc.constantFrom(0, 1) }),
        fc.integer({ min: 1, max: 12 }),
        (scene, inputs) => {
          const { rows, features, dtype, epsilon, seed } = scene;
          const deviation = 10 ** scene.scale;
          const x = rowsOf(dtype, inputs, normals(5 * seed, rows * inputs, { mean: scene.offset }));
          const weight = rowsOf(
            dtype,
            features,
            normals(5 * seed + 1, inputs * features, { deviation }),
          ) as Matrix<number, number, FloatDType>;
          const batch = { ...batchOf(scene), x: dense(x, weight) };
          const trained = pass(batch, epsilon, "train");
          const dWeight = denseBackward(trained.dx, x, weight).dWeight;
          const store = UNIT[dtype];
          for (let j = 0; j < features; j++) {
            const of = column(batch, trained, j);
            const w = columnOf(weight.data, j, features);
            const got = total(dot(w, columnOf(dWeight.data, j, features)));
            // Σᵢ zᵢ·dzᵢ = Σ x̂·dz/r + μ·Σ dz, with z = x·W + δ for what rounding has done to z.
            const identity = epsilonIdentity(of, epsilon, rows);
            let bound =
              identity.bound / of.r + Math.abs(of.mean) * (total(of.dxBound) + rows * U * size(of.dx));
            for (let i = 0; i < rows; i++) {
              let terms = 0; // Σ |x·w|: z, dW and the product ⟨w, dW⟩ all sum these
              for (let k = 0; k < inputs; k++) terms += Math.abs(x.data[i * inputs + k] * w[k]);
              bound += Math.abs(of.dx[i]) * terms * (2 * store + (2 * inputs + rows) * U);
            }
            expect(Math.abs(got - identity.expected / of.r)).toBeLessThanOrEqual(bound);
          }
        },
      ),
      propertyRuns(200),
    );
  });

  it("rows in another order give the same rows in that order, and the same statistics", () => {
    fc.assert(
      fc.property(scenes(), (scene) => {
        const batch = batchOf(scene);
        const order = permutation(scene.rows, new Random(scene.seed));
        const straight = pass(batch, scene.epsilon, "train");
        const shuffled = pass(
          { ...batch, x: gatherRows(batch.x, order) as AnyRows, dy: gatherRows(batch.dy, order) as AnyRows },
          scene.epsilon,
          "train",
        );
        const inOrder = (values: Float64Array) =>
          gatherRows(rowsOf("float64", scene.features, values), order).data;
        for (const name of ["y", "dx"] as const) {
          const expected = inOrder(Float64Array.from(straight[name].data));
          const share = shareUsed(
            shuffled[name].data,
            expected,
            inOrder(straight.bounds[name]),
            shuffled.bounds[name],
          );
          expect(share, name).toBeLessThanOrEqual(1);
        }
        for (const name of ["dGamma", "dBeta"] as const) {
          const share = shareUsed(
            shuffled[name].data,
            straight[name].data,
            straight.bounds[name],
            shuffled.bounds[name],
          );
          expect(share, name).toBeLessThanOrEqual(1);
        }
      }),
      propertyRuns(200),
    );
  });

  it("x·2ᵏ with ε·4ᵏ gives the same y and dγ, and dx·2⁻ᵏ, bit for bit", () => {
    const middle = scenes({ scale: fc.integer({ min: -3, max: 3 }) });
    fc.assert(
      fc.property(middle, fc.integer({ min: -20, max: 20 }), (scene, k) => {
        const batch = batchOf(scene);
        const straight = pass(batch, scene.epsilon, "train");
        const scaled = pass({ ...batch, x: mul(batch.x, 2 ** k) }, scene.epsilon * 4 ** k, "train");
        expect(scaled.y.data).toEqual(straight.y.data);
        expect(scaled.dGamma.data).toEqual(straight.dGamma.data);
        expect(mul(scaled.dx, 2 ** k).data).toEqual(straight.dx.data);
      }),
      propertyRuns(200),
    );
  });

  it("k passes over one batch: pop = decayᵏ·initial + (1 − decayᵏ)·batch", () => {
    fc.assert(
      fc.property(
        scenes(),
        fc.constantFrom<Decay[]>(0, 0.5, 0.9, 0.99, 0.999, "cumulative"),
        fc.constantFrom("biased" as const, "unbiased" as const),
        fc.integer({ min: 1, max: 12 }),
        (scene, decay, varianceCorrection, k) => {
          const { rows, features, dtype, epsilon } = scene;
          const { x, popMean, popVar } = batchOf(scene);
          const layer = new BatchNorm(features, { decay, epsilon, varianceCorrection, dtype });
          layer.state.popMean.data.set(popMean.data);
          layer.state.popVar.data.set(popVar.data);
          for (let step = 0; step < k; step++) layer.forward(x as never, "train");

          const { mean, variance } = moments(x);
          const correction = varianceCorrection === "unbiased" ? rows / (rows - 1) : 1;
          const kept = decay === "cumulative" ? 0 : decay ** k;
          for (const [got, first, batch] of [
            [layer.state.popMean, popMean, mean],
            [layer.state.popVar, popVar, variance.map((v) => correction * v)],
          ] as const) {
            const expected = batch.map((value, j) => kept * first.data[j] + (1 - kept) * value);
            // Each pass stores once and multiplies twice; the statistics are sums of `rows` terms about as large.
            const bound = batch.map(
              (value, j) =>
                k * (UNIT[dtype] + 4 * U) * (Math.abs(first.data[j]) + Math.abs(value)) +
                4 * rows * U * (Math.abs(value) + 10 ** scene.scale * Math.abs(mean[j])),
            );
            expect(shareUsed(got.data, expected, bound)).toBeLessThanOrEqual(1);
          }
          expect(layer.state.batches).toBe(k);
        },
      ),
      propertyRuns(200),
    );
  });
});

/** Both sides of Σ dx·x̂ = γ·ε·r³·dγ for a column, and how far rounding can take them apart. */
function epsilonIdentity(of: ReturnType<typeof column>, epsilon: number, n: number) {
  const products = dot(of.dx, of.xhat);
  const factor = of.gamma * epsilon * of.r ** 3;
  const bound =
    total(dot(of.dxBound, of.xhat.map(Math.abs))) +
    total(dot(of.dx.map(Math.abs), of.xhatBound)) +
    n * U * size(products) +
    Math.abs(factor) * (of.dGammaBound + 4 * (n + 4) * U * Math.abs(of.dGamma));
  return { got: total(products), expected: factor * of.dGamma, bound };
}

describe("in evaluation, bit for bit,", () => {
  it("a row alone is the row of any batch: y and dx", () => {
    fc.assert(
      fc.property(scenes(), fc.nat(), (scene, pick) => {
        const batch = batchOf(scene);
        const i = pick % scene.rows;
        const whole = pass(batch, scene.epsilon, "eval");
        const rowOf = (x: AnyRows) => sliceRows(x, i, i + 1) as AnyRows;
        const alone = pass({ ...batch, x: rowOf(batch.x), dy: rowOf(batch.dy) }, scene.epsilon, "eval");
        expect(alone.y.data).toEqual(rowOf(whole.y).data);
        expect(alone.dx.data).toEqual(rowOf(whole.dx).data);
      }),
      propertyRuns(200),
    );
  });

  it("dx of a row depends on its own dy alone", () => {
    fc.assert(
      fc.property(scenes(), fc.nat(), (scene, pick) => {
        const batch = batchOf(scene);
        const i = pick % scene.rows;
        const [start, end] = [i * scene.features, (i + 1) * scene.features];
        const others = rowsOf(scene.dtype, scene.features, batch.dy2.data);
        others.data.set(batch.dy.data.subarray(start, end), start);
        const { dx } = pass(batch, scene.epsilon, "eval");
        const changed = pass({ ...batch, dy: others }, scene.epsilon, "eval").dx;
        expect(changed.data.subarray(start, end)).toEqual(dx.data.subarray(start, end));
      }),
      propertyRuns(100),
    );
  });

  it("a concatenation gives the concatenation: y and dx", () => {
    fc.assert(
      fc.property(scenes(), fc.nat(), (scene, pick) => {
        const batch = batchOf(scene);
        const cut = pick % (scene.rows + 1); // one part may be empty
        const part = (start: number, end: number) =>
          pass(
            {
              ...batch,
              x: sliceRows(batch.x, start, end) as AnyRows,
              dy: sliceRows(batch.dy, start, end) as AnyRows,
            },
            scene.epsilon,
            "eval",
          );
        const [whole, head, tail] = [part(0, scene.rows), part(0, cut), part(cut, scene.rows)];
        expect([...head.y.data, ...tail.y.data]).toEqual([...whole.y.data]);
        expect([...head.dx.data, ...tail.dx.data]).toEqual([...whole.dx.data]);
      }),
      propertyRuns(200),
    );
  });
});
