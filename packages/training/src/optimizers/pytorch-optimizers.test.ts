import { fromData, type Tensor, zeros } from "@handgrad/tensor";
import { readFixture } from "testing";
import { describe, expect, it } from "vitest";
import { ReduceOnPlateau, type ReduceOnPlateauOptions } from "../schedules/reduce-on-plateau.js";
import {
  type CosineScheduleOptions,
  cosineSchedule,
  type ExponentialScheduleOptions,
  exponentialSchedule,
  type OneCycleScheduleOptions,
  oneCycleSchedule,
  type Schedule,
  type StepScheduleOptions,
  stepSchedule,
} from "../schedules/schedules.js";
import { Adagrad } from "./adagrad.js";
import { Adam, AdamW } from "./adam.js";
import { clipGradNorm, clipGradValue } from "./clip-gradients.js";
import { RMSprop } from "./rmsprop.js";
import { SGD } from "./sgd.js";

type Numbers = readonly number[];

interface Clipped {
  readonly limit: number;
  readonly norm: number | null;
  readonly clipped: readonly Numbers[];
}

interface Rates {
  readonly rates: Numbers;
}

interface Golden {
  readonly start: Numbers;
  readonly recorded: Numbers;
  readonly grads: readonly Numbers[];
  readonly optimizers: readonly {
    readonly name: keyof typeof optimizers;
    readonly options: Readonly<Record<string, number & boolean>>;
    readonly values: readonly Numbers[];
    readonly float32Error: number;
  }[];
  readonly clipNorm: readonly Clipped[];
  readonly clipValue: readonly Clipped[];
  readonly step: StepScheduleOptions & Rates;
  readonly exponential: ExponentialScheduleOptions & Rates;
  readonly cosine: readonly (CosineScheduleOptions & Rates)[];
  readonly oneCycle: readonly (OneCycleScheduleOptions & Rates)[];
  readonly plateau: readonly (Rates & {
    readonly options: ReduceOnPlateauOptions;
    readonly measurements: Numbers;
  })[];
}

const optimizers = { SGD, RMSprop, Adagrad, Adam, AdamW };
const golden = readFixture<Golden>(import.meta.url, "pytorch-optimizers.json");

type Values = Tensor<readonly number[], "float32"> | Tensor<readonly number[], "float64">;

function trajectory({ name, options }: Golden["optimizers"][number], value: Values): number[][] {
  const grad = zeros(value.shape, value.dtype);
  const optimizer = new optimizers[name]({ w: { value, grad } }, options);
  const values = golden.grads.map((now) => {
    grad.data.set(now);
    optimizer.step();
    return [...value.data];
  });
  return golden.recorded.map((step) => values[step - 1]);
}

describe("24 steps beside PyTorch", () => {
  it("has every optimiser", () => {
    expect(new Set(golden.optimizers.map(({ name }) => name))).toEqual(new Set(Object.keys(optimizers)));
  });

  for (const known of golden.optimizers) {
    const { name, options, values, float32Error } = known;
    it(`${name} ${JSON.stringify(options)}`, () => {
      const start = fromData(Float64Array.from(golden.start), [5]);
      // Some roundings of 1e-16 a step; the absolute part is for values that have come near 0.
      expect(trajectory(known, start)).toBeAllClose(values, { atol: 1e-14, rtol: 1e-12 });

      // PyTorch rounds every operation, we only what is stored: its own distance from float64, and as much for bad luck.
      const start32 = fromData(Float32Array.from(golden.start), [5]);
      expect(trajectory(known, start32)).toBeAllClose(values, { atol: 2 * float32Error, rtol: 0 });
    });
  }
});

describe("clipping beside PyTorch", () => {
  const parameters = () => ({
    weight: { value: zeros([3], "float64"), grad: fromData(Float64Array.of(3, -4, 0.5), [3]) },
    bias: { value: zeros([2], "float64"), grad: fromData(Float64Array.of(12, 0.25), [2]) },
  });

  for (const { limit, norm, clipped } of golden.clipNorm) {
    it(`to norm ${limit}`, () => {
      const own = parameters();
      expect(clipGradNorm(own, limit)).toBeAllClose(Number(norm), { atol: 0, rtol: 1e-15 });
      expect(own.weight.grad).toBeAllClose(clipped[0], { atol: 0, rtol: 1e-14 });
      expect(own.bias.grad).toBeAllClose(clipped[1], { atol: 0, rtol: 1e-14 });
    });
  }

  it("leaves gradients alone whose norm is not finite, and says so", () => {
    for (const broken of [Number.NaN, Number.NEGATIVE_INFINITY]) {
      const own = parameters();
      own.bias.grad.data[1] = broken;
      expect(clipGradNorm(own, 1)).toBe(Math.abs(broken));
      expect([...own.weight.grad.data]).toEqual([3, -4, 0.5]);
      clipGradValue(own, 2);
      expect([...own.bias.grad.data]).toEqual([2, Math.max(-2, broken)]);
    }
  });

  for (const { limit, clipped } of golden.clipValue) {
    it(`to values of ${limit}`, () => {
      const own = parameters();
      clipGradValue(own, limit);
      expect([[...own.weight.grad.data], [...own.bias.grad.data]]).toEqual(clipped);
    });
  }
});

describe("schedules beside PyTorch", () => {
  // PyTorch multiplies from step to step, we compute each from its number: its roundings add up, relative to the peak.
  const tolerance = { atol: 1e-15, rtol: 1e-12 };
  const check = (schedule: Schedule, { rates }: Rates) =>
    expect(rates.map((_, step) => schedule(step))).toBeAllClose(rates, tolerance);

  it("step", () => check(stepSchedule(golden.step), golden.step));
  it("exponential", () => check(exponentialSchedule(golden.exponential), golden.exponential));
  for (const known of golden.cosine) {
    it(`cosine over ${known.steps} steps, warm-up ${known.warmup}`, () =>
      check(cosineSchedule(known), known));
  }
  for (const known of golden.oneCycle) {
    it(`one cycle of ${known.steps} steps`, () => check(oneCycleSchedule(known), known));
  }

  for (const { options, measurements, rates } of golden.plateau) {
    it(`plateau ${JSON.stringify(options)}`, () => {
      const optimizer = { learningRate: 0.5 };
      const plateau = new ReduceOnPlateau(optimizer, options);
      // The same products in the same order.
      expect(measurements.map((measurement) => plateau.step(measurement))).toEqual(rates);
      expect(optimizer.learningRate).toBe(rates[rates.length - 1]);
    });
  }
});
