import {
  type CheckId,
  DataMoments,
  type Evidence,
  judge,
  type LayerEvidence,
  RunningPairReplay,
  type TrainingRun,
  type Verdict,
} from "@handgrad/bn-doctor";
import {
  type BatchNormOptions,
  createCorrectBatchNorm,
  type FaultId,
  faults,
  type PlainBatchNorm,
} from "bn-faults";
import { describe, expect, it } from "vitest";
import { adapterOf, declarationOf } from "./test-plain-adapter.js";

const STEPS = 100;
const ROWS = 32;

/** How the measured runs of the default job ended. */
const ENDS = { train: 0.113, evalTrain: 0.079 };
const BASELINE_ENDS = { train: 0.24, evalTrain: 0.207 };

/** How a layer's measured curves ended, and the checks that must fail, no more and no fewer. */
interface Expectation {
  readonly ends?: typeof ENDS;
  readonly fails: CheckId[];
}

/** Faults whose curves were measured. What names every one of them is diagnose-faults.test.ts. */
const expected = {
  correct: { fails: [] },
  "stats-never-updated": {
    ends: { train: 0.113, evalTrain: 0.99 },
    fails: ["running-pair-replay", "batch-statistics-update", "running-pair-near-data", "train-eval-gap"],
  },
  "stats-hold-deviation": {
    ends: { train: 0.113, evalTrain: 0.242 },
    fails: ["running-pair-replay", "batch-statistics-update", "running-pair-near-data"],
  },
  "stats-updated-in-eval": { fails: ["running-pair-replay", "eval-writes-nothing"] },
  "decay-inverted": { fails: ["running-pair-replay", "batch-statistics-update"] },
  "eval-uses-batch-stats": { fails: ["eval-forward", "eval-gradient"] },
  "train-uses-pop-stats": {
    ends: { train: 0.686, evalTrain: 0.686 },
    fails: ["train-forward", "train-gradient", "learns-faster-than-none"],
  },
  "gradient-ignores-statistics": {
    ends: { train: 0.7, evalTrain: 0.66 },
    fails: ["train-gradient", "learns-faster-than-none"],
  },
  "gradient-ignores-variance": { ends: { train: 0.149, evalTrain: 0.11 }, fails: ["train-gradient"] },
  "train-formula-in-eval": { fails: ["eval-gradient"] },
} satisfies Partial<Record<FaultId | "correct", Expectation>>;
type Id = keyof typeof expected;
const ids = Object.keys(expected) as Id[];

/** Feeds a layer as training would, with an eval pass now and then. */
function fed(name: string, layer: PlainBatchNorm, options: BatchNormOptions): LayerEvidence {
  const { features } = options;
  const declared = declarationOf(options);
  const replay = new RunningPairReplay(features, declared);
  const data = new DataMoments(features);
  let x = new Float32Array(0);
  for (let step = 1; step <= STEPS; step++) {
    x = Float32Array.from({ length: ROWS * features }, (_, i) => {
      const c = i % features;
      return 2 - c + (0.5 + 0.6 * c) * (Math.sin(12.9898 * i + 78.233 * step) + Math.sin(5 * i * step));
    });
    replay.observe(x, ROWS);
    data.observe(x, ROWS);
    layer.forward(x, ROWS, "train");
    if (step % 10 === 0) layer.forward(x, ROWS, "eval");
  }
  return { name, subject: adapterOf(layer, options), declared, replay, batch: { x, rows: ROWS }, data };
}

/** A run whose losses fall geometrically from 2.3 to the given ends. */
function run(ends: typeof ENDS): TrainingRun {
  const steps = Array.from({ length: 20 }, (_, i) => ((i + 1) * STEPS) / 20);
  const falling = (end: number) => steps.map((step) => [step, 2.3 * (end / 2.3) ** (step / STEPS)] as const);
  const curves = {
    trainLoss: falling(ends.train),
    evalTrainLoss: falling(ends.evalTrain),
    testLoss: falling(ends.evalTrain + 0.1),
    testAccuracy: steps.map((step) => [step, 0.9] as const),
  };
  return { steps: STEPS, batchSize: 128, curves };
}

function verdictOn(id: Id, precision: BatchNormOptions["precision"]): Verdict {
  const options = {
    features: 6,
    decay: 0.9,
    epsilon: 1e-5,
    varianceCorrection: "biased",
    precision,
  } as const;
  const create = id === "correct" ? createCorrectBatchNorm : faults[id].create;
  // The fault sits in the second of two layers: the verdict has to look at both.
  const layers = [
    fed("layer 1 (BatchNorm)", createCorrectBatchNorm(options), options),
    fed("layer 4 (BatchNorm)", create(options), options),
  ];
  const { ends = ENDS }: Expectation = expected[id];
  const evidence: Evidence = {
    layers,
    batchNormRun: run(ends),
    baselineRun: run(BASELINE_ENDS),
  };
  return judge(evidence);
}

describe.each(["float32", "float64"] as const)("in %s", (precision) => {
  it.each(ids)("%s fails exactly the checks that fit it", (id) => {
    const { healthy, checks, faults } = verdictOn(id, precision);
    const { fails }: Expectation = expected[id];
    expect(checks.filter(({ passed }) => passed === false).map((check) => check.id)).toEqual(fails);
    expect(checks.filter(({ passed }) => passed === "inconclusive")).toEqual([]);
    expect(healthy).toBe(fails.length === 0);
    const named = faults.map(({ layer, id }) => `${layer}: ${id}`);
    expect(named).toEqual(id === "correct" ? [] : [`layer 4 (BatchNorm): ${id}`]);
  });
});

it("prints the table fault × check", () => {
  const verdicts = ids.map((id) => ({ id, ...verdictOn(id, "float32") }));
  const columns = verdicts[0].checks.map(({ id }) => id);
  const rows = verdicts.map(({ id, checks }) =>
    [
      id.padEnd(27),
      ...checks.map(({ passed }, i) =>
        (passed === false ? "FAILS" : passed ? "·" : "?").padEnd(columns[i].length),
      ),
    ].join("  "),
  );
  console.log([["".padEnd(27), ...columns].join("  "), ...rows].join("\n"));
});
