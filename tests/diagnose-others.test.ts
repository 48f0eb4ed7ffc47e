import {
  type BatchNormImplementation,
  type Declaration,
  type Diagnosis,
  diagnose,
} from "@handgrad/bn-doctor";
import { describe, expect, it } from "vitest";
import { byFeature, type Formulas, right, sum } from "./test-by-feature.js";

type Made = readonly [BatchNormImplementation, Partial<Declaration>?];
const f32 = Math.fround;
const sum32 = (values: readonly number[]) => values.reduce((total, value) => f32(total + value), 0);

/** Every operation of the statistics in float32. */
const all32: Partial<Formulas> = {
  precision: "float32",
  mean: (x) => f32(sum32(x) / x.length),
  variance: (x, mean) => f32(sum32(x.map((x) => f32(f32(x - mean) ** 2))) / x.length),
  inverse: (variance, epsilon) => f32(1 / f32(Math.sqrt(f32(variance + f32(epsilon))))),
};

/** A count of batches that nobody can read or set. */
function cumulativeInPrivate(): BatchNormImplementation {
  let t = 0;
  const counted = byFeature({
    update({ c, feature }, { mean, variance }) {
      if (c === 0) t += 1;
      feature.popMean += (mean - feature.popMean) / t;
      feature.popVar += (variance - feature.popVar) / t;
    },
  });
  return { ...counted, read: () => ({ ...counted.read(), batches: undefined }) as never };
}

function updatedInBackward(): BatchNormImplementation {
  let waiting: (() => void)[] = [];
  const waits = byFeature({
    update: (pass, moments) => {
      waiting.push(() => right.update.call(right, pass, moments, []));
    },
  });
  return {
    ...waits,
    forward: (x, rows, mode) => {
      waiting = [];
      return waits.forward(x, rows, mode);
    },
    backward: (dy, rows) => {
      for (const update of waiting.splice(0)) update();
      return waits.backward(dy, rows);
    },
  };
}

/** γ or β left out: Keras's scale=False and center=False. */
function without(name: "gamma" | "beta"): BatchNormImplementation {
  const whole = byFeature();
  const gradient = name === "gamma" ? "dgamma" : "dbeta";
  const lacking = <Value extends object>(value: Value, key: string) =>
    Object.fromEntries(Object.entries(value).filter(([other]) => other !== key)) as Value;
  return {
    ...whole,
    read: () => lacking(whole.read(), name),
    backward: (dy, rows) => lacking(whole.backward(dy, rows), gradient),
  };
}

const CORRECT: Readonly<Record<string, () => Made>> = {
  "ε declared 0": () => [byFeature({ epsilon: 0 }), { epsilon: 0 }],
  "ε = 1e-12 in float32": () => [byFeature({ ...all32, epsilon: 1e-12 }), { epsilon: 1e-12 }],
  "ε = 0.1": () => [byFeature({ epsilon: 0.1 })],
  "Keras's pop −= (pop − batch)·(1 − decay), in float32 throughout": () => [
    byFeature({
      ...all32,
      update({ feature }, { mean, variance }) {
        const take = f32(1 - f32(0.999));
        feature.popMean = f32(feature.popMean - f32(f32(feature.popMean - mean) * take));
        feature.popVar = f32(feature.popVar - f32(f32(feature.popVar - variance) * take));
      },
    }),
    { decay: 0.999 },
  ],
  "a rounded reciprocal root": () => [
    byFeature({ precision: "float32", inverse: (v, epsilon) => f32(1 / Math.sqrt(f32(v + epsilon))) }),
  ],
  "a variance corrected by Σ(x − μ)": () => [
    byFeature({
      variance: (x, mean) =>
        (sum(x.map((x) => (x - mean) ** 2)) - sum(x.map((x) => x - mean)) ** 2 / x.length) / x.length,
    }),
  ],
  "2,000 features": () => [byFeature({ features: 2000, precision: "float32" })],
  "one feature": () => [byFeature({ features: 1 })],
  "decay 0.999999": () => [byFeature({ decay: 0.999999 }), { decay: 0.999999 }],
  "a cumulative average that counts in private": () => [cumulativeInPrivate(), { decay: "cumulative" }],
  "a pair updated in the backward pass": () => [updatedInBackward(), { decay: 0.9 }],
  "without γ": () => [without("gamma")],
  "without β": () => [without("beta")],
};

describe("a correct batch norm written otherwise is never accused", () => {
  it.each(Object.entries(CORRECT))("%s", (_, make) => {
    const [implementation, declared = {}] = make();
    const { faults, checks, unexplained, healthy } = diagnose(implementation, { declared });
    const accused = faults.filter(({ grade, status }) => status === "present" && grade !== "fragile");
    expect([...accused, ...unexplained, ...checks.filter(({ passed }) => passed === false)]).toEqual([]);
    expect(healthy).toBe(true);
  });
});

type Gradients = ReturnType<Formulas["backward"]>;

/** Right but for what `change` makes of the gradients. */
const gradients = (
  change: (
    right: Gradients,
    pass: Parameters<Formulas["backward"]>[0],
    dy: readonly number[],
  ) => Partial<Gradients>,
) =>
  byFeature({
    backward: (pass, dy) => {
      const gradients = right.backward(pass, dy);
      return { ...gradients, ...change(gradients, pass, dy) };
    },
  });

function gradientAverages(): BatchNormImplementation {
  const whole = byFeature();
  let held: { dgamma: number[]; dbeta: number[] } | undefined;
  return {
    ...whole,
    zeroGrad: () => {
      held = undefined;
    },
    backward: (dy, rows) => {
      whole.zeroGrad();
      const now = whole.backward(dy, rows);
      const { dgamma = [], dbeta = [] } = now;
      const sums = [dgamma, dbeta].map((values, k) =>
        Array.from(values, (value, c) => value + 0.5 * ([held?.dgamma, held?.dbeta][k]?.[c] ?? 0)),
      );
      held = { dgamma: sums[0], dbeta: sums[1] };
      return { ...now, ...held };
    },
  };
}

function dxAddsUp(): BatchNormImplementation {
  const whole = byFeature();
  let held: number[] | undefined;
  return {
    ...whole,
    zeroGrad: () => {
      held = undefined;
      whole.zeroGrad();
    },
    backward: (dy, rows) => {
      const now = whole.backward(dy, rows);
      held = Array.from(now.dx, (value, i) => value + (held?.[i] ?? 0));
      return { ...now, dx: held };
    },
  };
}

function loses(name: "popVar", c: number): BatchNormImplementation {
  const whole = byFeature();
  return {
    ...whole,
    save: () => whole.read(),
    load: (saved) => {
      const values = saved as ReturnType<typeof whole.read>;
      const kept = Array.from(values[name] ?? []);
      kept[c] = 1;
      whole.write({ ...values, [name]: kept });
    },
  };
}

/** What is present in each of these, or the checks that fail without a name. */
const WRONG: Readonly<Record<string, readonly [() => BatchNormImplementation, readonly string[]]>> = {
  "β ignored in eval only": [
    () =>
      byFeature({
        y: ({ xHat, feature, mode }) =>
          xHat.map((xHat) => feature.gamma * xHat + (mode === "eval" ? 0 : feature.beta)),
      }),
    ["affine-ignored"],
  ],
  "γ and β swapped": [
    () => byFeature({ y: ({ xHat, feature }) => xHat.map((xHat) => feature.beta * xHat + feature.gamma) }),
    ["train-forward?", "eval-forward?"],
  ],
  "dβ alone averaged": [
    () => gradients(({ dbeta }, { n }) => ({ dbeta: dbeta / n })),
    ["affine-gradient-averaged"],
  ],
  "the mean's term missing in the last feature": [
    () =>
      gradients(({ dx, dgamma }, { c, mode, n, r, xHat, feature }, dy) =>
        c === 2 && mode === "train"
          ? { dx: dy.map((dy, i) => feature.gamma * r * (dy - (xHat[i] * dgamma) / n)) }
          : { dx },
      ),
    ["train-gradient?"],
  ],
  "eval by the batch's mean and popVar": [
    () =>
      byFeature({
        statistics: ({ mean, variance, mode, feature }) => ({
          mean,
          variance: mode === "train" ? variance : feature.popVar,
        }),
      }),
    ["eval-forward?"],
  ],
  "popVar about popMean": [
    () =>
      byFeature({
        update(pass, { mean }, y) {
          const variance = right.variance(pass.x, pass.feature.popMean);
          right.update.call(this, pass, { mean, variance }, y);
        },
      }),
    ["batch-statistics-update?"],
  ],
  "NaN for two rows": [
    () => gradients(({ dx }, { n }) => ({ dx: n === 2 ? dx.map(() => Number.NaN) : dx })),
    ["train-gradient?", "eval-gradient?"],
  ],
  "momentum for decay, and N − 1": [
    () =>
      byFeature({
        decay: 0.1,
        update(pass, { mean, variance }, y) {
          const unbiased = (variance * pass.n) / (pass.n - 1);
          right.update.call(this, pass, { mean, variance: unbiased }, y);
        },
      }),
    ["decay-inverted", "stats-bessel-mismatch"],
  ],
  "parameters that are copies": [
    () => {
      const whole = byFeature();
      return { ...whole, parameters: () => [Array.from(whole.read().gamma ?? [])] };
    },
    ["affine-never-trained"],
  ],
  "earlier gradients weigh half": [gradientAverages, ["accumulation?"]],
  "dx adds up": [dxAddsUp, ["accumulation?"]],
  "a checkpoint loses the last popVar": [() => loses("popVar", 2), ["checkpoint-omits-stats"]],
};

const declared: Declaration = { epsilon: 1e-5, decay: 0.9, runningVariance: "biased" };
const found = ({ faults, unexplained }: Diagnosis) => [
  ...faults.filter(({ status }) => status === "present").map(({ id }) => id),
  ...unexplained.map(({ id }) => `${id}?`),
];

describe("a wrong one is never healthy, and never called by another fault's name", () => {
  it.each(Object.entries(WRONG))("%s", (_, [make, names]) => {
    const diagnosis = diagnose(make(), { declared });
    expect(diagnosis.healthy).toBe(false);
    expect(found(diagnosis).sort()).toEqual([...names].sort());
  });
});
