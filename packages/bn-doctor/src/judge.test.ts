import { describe, expect, it } from "vitest";
import type { CheckId } from "./check.js";
import { evalGradients, trainGradients } from "./formulas.js";
import type { Mode, Precision } from "./implementation.js";
import { judge } from "./judge.js";
import { batchMoments } from "./moments.js";
import { type TestBatchNorm, testBatchNorm } from "./test-batch-norm.js";
import { evidenceOf, FEED, train } from "./test-evidence.js";
import type { Verdict } from "./verdict.js";

const declared = { features: 6, decay: 0.9, epsilon: 1e-3, runningVariance: "biased" } as const;
type Options = Parameters<typeof testBatchNorm>[0];

/** A layer that does something else than it declares. */
function declaringOtherwise(options: Options, actual: Partial<Options>): TestBatchNorm {
  return { ...testBatchNorm({ ...options, ...actual }), declared: options };
}

/** A layer whose gradient of x is replaced, given the last forward pass. */
function withDx(
  options: Options,
  dxOf: (
    last: { x: ArrayLike<number>; rows: number; mode: Mode },
    dy: ArrayLike<number>,
    dx: ArrayLike<number>,
  ) => ArrayLike<number>,
): TestBatchNorm {
  const subject = testBatchNorm(options);
  let last = { x: [] as ArrayLike<number>, rows: 0, mode: "train" as Mode };
  return {
    ...subject,
    forward(x, rows, mode) {
      last = { x, rows, mode };
      return subject.forward(x, rows, mode);
    },
    backward(dy, rows) {
      const gradients = subject.backward(dy, rows);
      return { ...gradients, dx: dxOf(last, dy, gradients.dx) };
    },
  };
}

/** Mistakes, and the checks that must fail for them with a network whose curves are fine. */
const mistakes: Record<string, { fails: CheckId[]; make: (options: Options) => TestBatchNorm }> = {
  none: { fails: [], make: (options) => testBatchNorm(options) },
  "the pair is never updated": {
    fails: ["running-pair-replay", "batch-statistics-update", "running-pair-near-data"],
    make(options) {
      const subject = testBatchNorm(options);
      return {
        ...subject,
        forward(...pass) {
          const { popMean, popVar } = subject.read();
          const y = subject.forward(...pass);
          subject.write({ popMean, popVar });
          return y;
        },
      };
    },
  },
  "decay and 1 − decay are swapped": {
    fails: ["running-pair-replay", "batch-statistics-update"],
    make: (options) => declaringOtherwise(options, { decay: 0.1 }),
  },
  "the unbiased variance is stored": {
    fails: ["running-pair-replay", "batch-statistics-update"],
    make: (options) => declaringOtherwise(options, { runningVariance: "unbiased" }),
  },
  "ε is a hundredth too large": {
    fails: ["train-forward", "train-gradient", "eval-forward", "eval-gradient"],
    make: (options) => declaringOtherwise(options, { epsilon: 1.01e-3 }),
  },
  "eval normalises by its batch": {
    fails: ["eval-forward", "eval-gradient"],
    make(options) {
      const subject = testBatchNorm(options);
      return {
        ...subject,
        forward(x, rows, mode) {
          const { popMean, popVar, batches } = subject.read();
          const y = subject.forward(x, rows, "train");
          if (mode === "eval") subject.write({ popMean, popVar, batches });
          return y;
        },
      };
    },
  },
  "batches of more than 16 rows are cut off": {
    fails: ["train-forward", "eval-forward"],
    make(options) {
      const subject = testBatchNorm(options);
      return {
        ...subject,
        forward: (...pass) => Float64Array.from(subject.forward(...pass)).fill(0, 16 * options.features),
      };
    },
  },
  "an eval row depends on the next": {
    fails: ["eval-forward"],
    make(options) {
      const subject = testBatchNorm(options);
      return {
        ...subject,
        forward(x, rows, mode) {
          const y = Float64Array.from(subject.forward(x, rows, mode));
          if (mode === "eval" && rows > 1) y[0] += 1e-3 * y[options.features];
          return y;
        },
      };
    },
  },
  "eval moves the pair": {
    fails: ["running-pair-replay", "eval-writes-nothing"],
    make(options) {
      const subject = testBatchNorm(options);
      return {
        ...subject,
        forward(x, rows, mode) {
          const y = subject.forward(x, rows, mode);
          const { popMean } = subject.read();
          if (mode === "eval") subject.write({ popMean: Array.from(popMean, (mean) => mean + 2 ** -10) });
          return y;
        },
      };
    },
  },
  "dx in training takes the statistics for constants": {
    fails: ["train-gradient"],
    make: (options) => {
      const subject: TestBatchNorm = withDx(options, ({ x, rows, mode }, dy, dx) => {
        if (mode === "eval") return dx;
        const { gamma, beta } = subject.read();
        const statistics = batchMoments(x, rows, options.features);
        return evalGradients({ x, rows, gamma, beta, statistics, epsilon: options.epsilon }, dy).dx;
      });
      return subject;
    },
  },
  "dx in eval runs through the statistics": {
    fails: ["eval-gradient"],
    make: (options) => {
      const subject: TestBatchNorm = withDx(options, ({ x, rows, mode }, dy, dx) => {
        if (mode === "train") return dx;
        const { gamma, beta, popMean, popVar } = subject.read();
        const statistics = { mean: Float64Array.from(popMean), variance: Float64Array.from(popVar) };
        return trainGradients({ x, rows, gamma, beta, statistics, epsilon: options.epsilon }, dy).dx;
      });
      return subject;
    },
  },
  "a row of dx in eval depends on another row of dy": {
    fails: ["eval-gradient"],
    make: (options) =>
      withDx(options, ({ mode }, dy, dx) =>
        Float64Array.from(dx, (value, i) =>
          mode === "eval" && i === dx.length - 1 ? value + 1e-3 * dy[0] : value,
        ),
      ),
  },
};

function verdictOn(mistake: string, precision: Precision): Verdict {
  const options = { ...declared, precision };
  const first = train(testBatchNorm(options));
  const second = { ...train(mistakes[mistake].make(options)), name: "layer 4 (BatchNorm)" };
  return judge(evidenceOf([first, second]));
}

describe.each(["float32", "float64"] as const)("in %s", (precision) => {
  it.each(Object.keys(mistakes))("mistake: %s", (mistake) => {
    const { healthy, checks } = verdictOn(mistake, precision);
    const { fails } = mistakes[mistake];
    expect(checks.filter(({ passed }) => passed === false).map(({ id }) => id)).toEqual(fails);
    expect(healthy).toBe(fails.length === 0);
  });
});

it("says what a healthy layer does, with figures that keep their bounds", () => {
  const { checks } = verdictOn("none", "float32");
  expect(checks.map(({ id, passed }) => [id, passed])).toEqual(checks.map(({ id }) => [id, true]));
  for (const { value, bound } of checks) {
    if (value !== null && bound !== null) expect(value).toBeLessThanOrEqual(bound);
  }
  expect(checks.find(({ id }) => id === "train-forward")?.meaning).toMatch(
    /^In training the output is γ·\(x − μ\)\/√\(σ² \+ ε\) \+ β with the batch's own mean and variance\. The largest error, in layer \d \(BatchNorm\), is [\d.]+ % of what rounding explains\.$/,
  );
  expect(checks.find(({ id }) => id === "running-pair-near-data")?.meaning).toMatch(
    /^layer \d \(BatchNorm\): the running pair is [\d.]+ deviations off the data's mean and a factor of [\d.]+ off its variance, root mean square over the features: eval normalises as training did\.$/,
  );
});

it("names the layer, the number and what is wrong", () => {
  const meaningOf = (mistake: string) =>
    verdictOn(mistake, "float64").checks.find(({ passed }) => passed === false)?.meaning;
  expect(meaningOf("the pair is never updated")).toMatch(
    /^layer 4 \(BatchNorm\): after 100 training batches, popMean\[\d\] is 0 where -?[\d.]+ is right\. Training does not lead to the declared running pair: check decay, its direction, and which variance is stored\.$/,
  );
  expect(meaningOf("dx in eval runs through the statistics")).toMatch(
    /^layer 4 \(BatchNorm\): on a .+, dx\[\d+, \d\] is -?[\d.e-]+ where -?[\d.e-]+ is right\. Mean and variance are constants in eval, so after an eval pass dx must be dy·γ\/√\(popVar \+ ε\)\.$/,
  );
});

it("sees by a few chosen rows which variance is stored, where a batch of thousands hides it", () => {
  const options = { ...declared, precision: "float32" } as const;
  const subject = declaringOtherwise(options, { runningVariance: "unbiased" });
  const { checks } = judge(evidenceOf([train(subject, { ...FEED, rows: 8000, steps: 10 })]));
  const failed = checks.filter(({ passed }) => passed === false).map(({ id }) => id);
  expect(failed).toEqual(["batch-statistics-update"]);
});

it("judges numbers, so that an error of a thousandth fails", () => {
  const subject = testBatchNorm({ ...declared, precision: "float32" });
  const evidence = train(subject);
  const off = (numbers: ArrayLike<number>) => Float32Array.from(numbers, (value) => 1.001 * value);
  const spoiled: TestBatchNorm = {
    ...subject,
    forward: (...pass) => off(subject.forward(...pass)),
    backward(...pass) {
      const gradients = subject.backward(...pass);
      return { ...gradients, dx: off(gradients.dx) };
    },
  };
  subject.write({ popVar: off(subject.read().popVar) });
  const { checks } = judge(evidenceOf([{ ...evidence, subject: spoiled }]));
  const failed = checks.filter(({ passed }) => passed === false).map(({ id }) => id);
  expect(failed).toEqual([
    "running-pair-replay",
    "train-forward",
    "train-gradient",
    "eval-forward",
    "eval-gradient",
  ]);
});
