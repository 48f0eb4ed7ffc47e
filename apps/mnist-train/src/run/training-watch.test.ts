import { BatchNorm, Dense, ReLU, Sequential, softmaxCrossEntropy } from "@handgrad/layers";
import { Random } from "@handgrad/tensor";
import { batches } from "@handgrad/training";
import { buildNetwork, candidateOf } from "laboratory";
import { describe, expect, it } from "vitest";
import type { Settings } from "./settings.js";
import { fewDigits, smallJob } from "./test-digits.js";
import { trainRun } from "./train-run.js";
import { percentile, TrainingWatch } from "./training-watch.js";

const digits = fewDigits(120, 20);
const job: Settings = { ...smallJob, epochs: 4, batchSize: 12 };

async function watched(settings: Settings, candidate = candidateOf(settings)) {
  const watch = new TrainingWatch();
  const { run, network } = await trainRun(candidate, digits, settings, () => {}, watch);
  return { run, network, ...watch.watched };
}

describe("a watch", () => {
  it.each([null, "stats-updated-in-eval", "train-formula-in-eval"] as const)(
    "changes no bit of curves and weights, fault: %s",
    async (fault) => {
      const settings = { ...job, fault };
      const { run, network } = await watched(settings);
      const alone = await trainRun(candidateOf(settings), digits, settings, () => {});
      expect(run.curves).toEqual(alone.run.curves);
      expect(network.model.stateDict()).toEqual(alone.network.model.stateDict());
    },
  );

  it("sees every one of the first 20 steps, then some, and the last", async () => {
    const { gradientNorms, preActivations, runningPairs } = await watched({ ...job, epochs: 33 });
    const steps = gradientNorms[0].points.map(([step]) => step);
    const later = Array.from({ length: 45 }, (_, i) => 21 + 7 * i);
    expect(steps).toEqual([...Array.from({ length: 20 }, (_, i) => i + 1), ...later, 330]);
    for (const points of [preActivations[0].percentiles[1], runningPairs[0].popMean]) {
      expect(points.map(([step]) => step)).toEqual(steps);
    }
  });

  it("has the running pair as it stands, and the norms of the gradients as they are", async () => {
    const { network, runningPairs, gradientNorms } = await watched(job);
    expect(runningPairs.map(({ layer, feature }) => [layer, feature])).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
      [4, 0],
      [4, 1],
      [4, 2],
    ]);
    const { popMean, popVar } = network.batchNorms[1].layer.state;
    expect(runningPairs[5].popMean.at(-1)).toEqual([40, popMean.data[2]]);
    expect(runningPairs[5].popVar.at(-1)).toEqual([40, popVar.data[2]]);
    expect(gradientNorms.map(({ name }) => name)).toEqual([
      "Dense",
      "BatchNorm",
      "Dense",
      "BatchNorm",
      "Dense",
    ]);
    const { weight, bias } = network.model.layers[6].params ?? {};
    const last = Math.hypot(...weight.grad.data, ...bias.grad.data);
    expect(gradientNorms[4].points.at(-1)?.[1]).toBeCloseTo(last, 10);
  });

  it("sees in the first step what a plain network makes of the same batch", async () => {
    const { preActivations, runningPairs, gradientNorms } = await watched({ ...job, hidden: [8] });
    const rng = new Random(job.seed);
    const model = new Sequential(
      new Dense<number, number>(784, 8, { rng }),
      new BatchNorm<number>(8),
      new ReLU(),
      new Dense<number, number>(8, 10, { rng }),
    );
    const [{ inputs, labels }] = batches(digits.train, { batchSize: 12, rng: new Random(job.seed + 1) });
    const x = model.layers[0].forward(inputs, "train");
    const { gradient } = softmaxCrossEntropy(model.forward(inputs, "train"), labels);
    model.backward(gradient);

    const feature0 = Array.from({ length: 12 }, (_, i) => x.data[i * 8]);
    const mean = feature0.reduce((sum, value) => sum + value, 0) / 12;
    expect(runningPairs[0].batchMean[0][1]).toBeCloseTo(mean, 10);
    expect(runningPairs[0].popMean[0][1]).toBeCloseTo(0.1 * mean, 6);
    const normalized = model.layers[1].forward(x, "train");
    const unit0 = Float64Array.from({ length: 12 }, (_, i) => normalized.data[i * 8]).sort();
    expect(preActivations[0].percentiles.map(([[, value]]) => value)).toEqual([
      percentile(unit0, 15),
      percentile(unit0, 50),
      percentile(unit0, 85),
    ]);
    const { weight, bias } = model.layers[3].params ?? {};
    expect(gradientNorms[2].points[0][1]).toBeCloseTo(Math.hypot(...weight.grad.data, ...bias.grad.data), 10);
  });

  it("looks at three of many hidden layers, and at what there is of a narrow one", () => {
    const deep = buildNetwork(784, { ...job, hidden: [4, 1, 4, 4, 2] }, candidateOf(job));
    const [{ inputs }] = batches(digits.train, { batchSize: 12 });
    deep.model.forward(inputs, "train");
    const watch = new TrainingWatch();
    expect(watch.watched).toEqual({ preActivations: [], runningPairs: [], gradientNorms: [] });
    watch.observe(deep, 1, 1);
    expect(watch.watched.preActivations.map(({ hidden }) => hidden)).toEqual([1, 3, 5]);
    expect(watch.watched.runningPairs.map(({ batchNorm }) => batchNorm)).toEqual([0, 0, 0, 2, 2, 2, 4, 4]);
  });
});

it("a percentile lies between the nearest ranks, as in NumPy", () => {
  const values = Float64Array.of(-3, 0, 1, 10);
  expect([0, 15, 50, 85, 100].map((p) => percentile(values, p))).toEqual([
    -3,
    expect.closeTo(-1.65, 12),
    0.5,
    expect.closeTo(5.95, 12),
    10,
  ]);
  expect(percentile(Float64Array.of(7), 85)).toBe(7);
});
