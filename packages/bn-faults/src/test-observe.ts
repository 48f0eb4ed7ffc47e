import { expect } from "vitest";
import type { BatchNormOptions, PlainBatchNorm } from "./plain-batch-norm.js";
import { scattered, setThreeFeatures } from "./test-gradients.js";

type Create = (options: BatchNormOptions) => PlainBatchNorm;

/** ε is as large as the variances here, so that where it stands makes a difference. */
export const declared: BatchNormOptions = {
  features: 3,
  decay: 0.9,
  epsilon: 0.5,
  varianceCorrection: "biased",
  precision: "float64",
};
const ROWS = 5;

/** What two training passes and, from one and the same pair for every layer, an eval pass let see. */
function passes(create: Create, options: BatchNormOptions): Record<string, number[]> {
  const layer = create(options);
  setThreeFeatures(layer);
  const dy = scattered(ROWS * 3, 3);
  layer.forward(
    scattered(ROWS * 3, 4).map((value) => 3 * value),
    ROWS,
    "train",
  );
  const trainY = [...layer.forward(scattered(ROWS * 3, 1), ROWS, "train")];
  const popMean = [...layer.popMean];
  const popVar = [...layer.popVar];
  const trainDx = [...layer.backward(dy, ROWS)];
  const trainDGamma = [...layer.gammaGradient];
  const trainDBeta = [...layer.betaGradient];
  setThreeFeatures(layer);
  layer.gammaGradient.fill(0);
  layer.betaGradient.fill(0);
  const evalY = [...layer.forward(scattered(ROWS * 3, 2), ROWS, "eval")];
  const evalDx = [...layer.backward(dy, ROWS)];
  const evalDGamma = [...layer.gammaGradient];
  const evalDBeta = [...layer.betaGradient];
  const pairAfterEval = [...layer.popMean, ...layer.popVar, layer.batches];
  return {
    trainY,
    popMean,
    popVar,
    trainDx,
    trainDGamma,
    trainDBeta,
    evalY,
    evalDx,
    evalDGamma,
    evalDBeta,
    pairAfterEval,
  };
}

const minus = (a: ArrayLike<number>, b: ArrayLike<number>): number[] =>
  Array.from(a, (value, i) => value - b[i]);

/** What such passes do not show. All but `bytes`, `parameters` and `oneRow` are 0 for a correct layer. */
const probes: Record<string, (create: Create, options: BatchNormOptions) => number[]> = {
  /** How far the affine gradients after two backward passes are from twice those after one. */
  accumulation(create, options) {
    const layer = create(options);
    const dy = scattered(ROWS * 3, 3);
    layer.forward(scattered(ROWS * 3, 1), ROWS, "train");
    layer.backward(dy, ROWS);
    const once = [...layer.gammaGradient, ...layer.betaGradient];
    layer.backward(dy, ROWS);
    return minus(
      [...layer.gammaGradient, ...layer.betaGradient].map((sum) => sum / 2),
      once,
    );
  },
  /** How eval differs in a fresh layer that a checkpoint was loaded into. */
  reloading(create, options) {
    const [layer, fresh] = [create(options), create(options)];
    setThreeFeatures(layer);
    fresh.load(JSON.parse(JSON.stringify(layer.save())));
    const x = scattered(ROWS * 3, 1);
    return minus(fresh.forward(x, ROWS, "eval"), layer.forward(x, ROWS, "eval"));
  },
  /** How a batch with a NaN, and one whose variance overflows, move the running pair. */
  poisoning(create, options) {
    const layer = create(options);
    const state = () => [...layer.popMean, ...layer.popVar, layer.batches];
    const x = scattered(ROWS * 3, 1);
    layer.forward(x, ROWS, "train");
    const before = state();
    x.set([1e200, 3, 4, -1e200], 1);
    layer.forward(x, ROWS, "train");
    x[4] = Number.NaN;
    expect(layer.forward(x, ROWS, "train").some(Number.isNaN), "y hides the NaN").toBe(true);
    return minus(state(), before);
  },
  /** In which precision it answers and keeps. */
  bytes(create, options) {
    const layer = create(options);
    const y = layer.forward(scattered(ROWS * 3, 1), ROWS, "train");
    const dx = layer.backward(y, ROWS);
    return [y, dx, layer.gamma, layer.gammaGradient, layer.popVar].map((values) => values.BYTES_PER_ELEMENT);
  },
  /** Whether γ and β are handed to an optimiser. */
  parameters(create, options) {
    const layer = create(options);
    return [layer.gamma, layer.beta].map((parameter) => Number(layer.parameters().includes(parameter)));
  },
  /** Whether training refuses a batch of one row. */
  oneRow(create, options) {
    try {
      create(options).forward([1, 2, 3], 1, "train");
      return [0];
    } catch (error) {
      expect(error).toEqual(new RangeError("forward: training needs at least 2 rows, got 1"));
      return [1];
    }
  },
  /** How an offset of all inputs, and of popMean, moves y. Sums of so few binary digits and means of four are exact. */
  trainOffset: (create, options) => offset(create, options, "train"),
  evalOffset: (create, options) => offset(create, options, "eval"),
};

function offset(create: Create, options: BatchNormOptions, mode: "train" | "eval"): number[] {
  const far = options.precision === "float32" ? 2 ** 13 : 2 ** 41;
  const [near, remote] = [0, far].map((shift) => {
    const layer = create({ ...options, features: 2, epsilon: 1e-5 });
    layer.popMean.fill(shift);
    layer.popVar.fill(0.01);
    const x = [-97, 34, 115, -26, 8, 141, 62, -73].map((value) => value / 1024 + shift);
    return layer.forward(x, 4, mode);
  });
  return minus(remote, near);
}

/** Everything about a layer that somebody outside could notice, by name. */
export const observe = (create: Create, options: BatchNormOptions): Record<string, number[]> => ({
  ...passes(create, options),
  ...Object.fromEntries(Object.entries(probes).map(([name, probe]) => [name, probe(create, options)])),
});
