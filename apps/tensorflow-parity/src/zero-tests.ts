import { batchNormTrain, batchNormTrainBackward } from "@handgrad/layers";
import { unitRoundoff } from "./compare.js";
import { type OneNeuron, type Precision, precisions } from "./experiment.js";
import { rowsOf, vectorOf } from "./tensors.js";

/** σ²/ε of the batches. */
const RATIOS = [1e7, 1] as const;

export interface ZeroTest {
  readonly precision: Precision;
  /** σ²/ε */
  readonly ratio: number;
  /** Σ dx·x̂ of a correct layer. */
  readonly correct: number;
  /** Σ dx·x̂ where the way back has r = 1/σ, without ε. */
  readonly forgetful: number;
  /** γ·ε·r³·dγ, which Σ dx·x̂ is. */
  readonly identity: number;
  /** What rounding dx and x̂ may move the sum by. */
  readonly rounding: number;
}

const sumOfProducts = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

export interface ZeroTests {
  readonly rows: number;
  readonly tests: readonly ZeroTest[];
}

/** Σ dx·x̂, which popular tests expect to be 0, for a correct layer and for one that forgot ε on the way back. */
export function measureZeroTests(input: OneNeuron): ZeroTests {
  const { n, epsilon } = input;
  const mean = input.x.reduce((a, b) => a + b, 0) / n;
  const deviation = Math.sqrt(input.x.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n);
  const tests = precisions.flatMap((precision) =>
    RATIOS.map((ratio): ZeroTest => {
      const scale = Math.sqrt(ratio * epsilon) / deviation;
      const x = rowsOf(
        input.x.map((value) => (value - mean) * scale),
        precision,
      );
      const dy = rowsOf(input.dy, precision);
      const gamma = vectorOf(1, precision);
      const beta = vectorOf(0, precision);

      // With γ = 1 and β = 0 the output is x̂.
      const { y: xhat, cache } = batchNormTrain(x, gamma, beta, epsilon);
      const { dx, dGamma } = batchNormTrainBackward(dy, cache);
      const withoutEpsilon = batchNormTrain(x, gamma, beta, 0).cache;
      const forgetful = batchNormTrainBackward(dy, withoutEpsilon).dx;
      return {
        precision,
        ratio,
        correct: sumOfProducts(dx.data, xhat.data),
        forgetful: sumOfProducts(forgetful.data, xhat.data),
        identity: epsilon * cache.r[0] ** 3 * dGamma.data[0],
        rounding: 2 * unitRoundoff[precision] * sumOfProducts(dx.data.map(Math.abs), xhat.data.map(Math.abs)),
      };
    }),
  );
  return { rows: n, tests };
}
