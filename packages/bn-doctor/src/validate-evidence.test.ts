import { describe, expect, it } from "vitest";
import type { Evidence, LayerEvidence, TrainingRun } from "./evidence.js";
import { judge } from "./judge.js";
import { RunningPairReplay } from "./running-pair-replay.js";
import { testBatchNorm } from "./test-batch-norm.js";
import { evidenceOf, FEED, train } from "./test-evidence.js";

const options = {
  features: 3,
  decay: 0.9,
  epsilon: 1e-5,
  runningVariance: "biased",
  precision: "float32",
} as const;
const evidence = evidenceOf([train(testBatchNorm(options))]);
const [layer] = evidence.layers;

const inLayer = (change: Partial<LayerEvidence>): Evidence => ({
  ...evidence,
  layers: [{ ...layer, ...change }],
});
const inRun = (change: Partial<TrainingRun>): Evidence => ({
  ...evidence,
  batchNormRun: { ...evidence.batchNormRun, ...change },
});
const inBaseline = (change: Partial<TrainingRun>): Evidence => ({
  ...evidence,
  baselineRun: { ...evidence.baselineRun, ...change },
});
const declaring = (change: object): Evidence => inLayer({ declared: { ...options, ...change } });
const withValue = (numbers: ArrayLike<number>, index: number, value: number): number[] =>
  Array.from(numbers, (number, i) => (i === index ? value : number));

const { x } = layer.batch;
const { mean, variance } = layer.data;
const { curves } = evidence.batchNormRun;

describe("evidence that contradicts itself is refused", () => {
  it.each<[message: string, evidence: Evidence]>([
    ["layers must list at least one batch norm layer, got none", { ...evidence, layers: [] }],
    ["batchNormRun.steps must be an integer of at least 1, got 0", inRun({ steps: 0 })],
    ["batchNormRun.batchSize must be an integer of at least 2, got 1", inRun({ batchSize: 1 })],
    [
      "batchNormRun.curves.trainLoss must be at least one point, got none",
      inRun({ curves: { ...curves, trainLoss: [] } }),
    ],
    [
      "batchNormRun.curves.testLoss[1] must be a step above 5, got 5",
      inRun({
        curves: {
          ...curves,
          testLoss: [
            [5, 1],
            [5, 1],
          ],
        },
      }),
    ],
    ["baselineRun.batchSize must be 128 as in batchNormRun, got 64", inBaseline({ batchSize: 64 })],
    ["baselineRun.steps must be 100 as in batchNormRun, got 99", inBaseline({ steps: 99 })],
    [
      "layers[0].subject.features must be a positive integer, got 0",
      inLayer({ subject: { ...layer.subject, features: 0 } }),
    ],
    [
      'layers[0].subject.precision must be "float32" or "float64", got "int32"',
      inLayer({ subject: { ...layer.subject, precision: "int32" as "float32" } }),
    ],
    ["layers[0].declared.epsilon must be positive, got 0", declaring({ epsilon: 0 })],
    ['layers[0].declared.decay must be in [0, 1) or "cumulative", got 1', declaring({ decay: 1 })],
    [
      'layers[0].declared.runningVariance must be "biased" or "unbiased", got "none"',
      declaring({ runningVariance: "none" }),
    ],
    ["layers[0].replay.decay must be 0.5 as declared, got 0.9", declaring({ decay: 0.5 })],
    [
      "layers[0].replay must be for 3 features, got 4",
      inLayer({ replay: new RunningPairReplay(4, options) }),
    ],
    [
      "layers[0].replay.batches must be 100, one for each step, got 0",
      inLayer({ replay: new RunningPairReplay(3, options) }),
    ],
    ["layers[0].batch.rows must be an integer of at least 2, got 1", inLayer({ batch: { x, rows: 1 } })],
    ["layers[0].batch.x must be 93 numbers, got 96", inLayer({ batch: { x, rows: 31 } })],
    [
      "layers[0].batch.x[17] must be finite, got NaN",
      inLayer({ batch: { x: withValue(x, 17, Number.NaN), rows: FEED.rows } }),
    ],
    ["layers[0].data.mean must be 3 numbers, got 2", inLayer({ data: { mean: [0, 0], variance } })],
    [
      "layers[0].data.mean[1] must be finite, got Infinity",
      inLayer({ data: { mean: withValue(mean, 1, Number.POSITIVE_INFINITY), variance } }),
    ],
    [
      "layers[0].data.variance[2] must be at least 0, got -1",
      inLayer({ data: { mean, variance: withValue(variance, 2, -1) } }),
    ],
  ])("%s", (message, wrong) => {
    expect(() => judge(wrong)).toThrow(new Error(`judge: ${message}`));
  });
});

it("takes a baseline that broke down early", () => {
  const broken = inBaseline({ steps: 2, firstNonFinite: { step: 2, where: "the loss" } });
  expect(judge(broken).healthy).toBe(true);
});
