import { BatchNorm } from "@handgrad/layers";
import { tensor } from "@handgrad/tensor";
import { ObservedBatchNorm } from "laboratory";
import { expect, it } from "vitest";
import { runningPairDistance } from "./running-pair-distance.js";
import { defaults } from "./settings.js";

/** Networks of one batch norm each are enough: the distance looks at nothing else. */
function observed(decay: number, ...batches: number[][][]) {
  const settings = { ...defaults, decay };
  const features = batches[0][0].length;
  const layer = new ObservedBatchNorm(new BatchNorm<number>(features, settings), settings);
  for (const batch of batches) layer.forward(tensor(batch) as Parameters<typeof layer.forward>[0], "train");
  return layer;
}

const distance = (...layers: ObservedBatchNorm[]) =>
  runningPairDistance({
    batchNorms: layers.map((layer, index) => ({ index, layer })),
  });

// Mean 4 and 20, variance 4 and 100.
const batch = [
  [2, 10],
  [6, 30],
];

it("is 0 deviations and once the variance where the running pair is the last batch's", () => {
  expect(
    distance(
      observed(
        0,
        [
          [9, 9],
          [8, 7],
        ],
        batch,
      ),
    ),
  ).toEqual({ mean: 0, variance: 1 });
});

it("is |μ − pop_mean|/σ and pop_var/σ², averaged over the features", () => {
  // With decay 0.5 from (0, 1): pop_mean 2 and 10, pop_var 2.5 and 50.5.
  const { mean, variance } = distance(observed(0.5, batch));
  expect(mean).toBeCloseTo((2 / 2 + 10 / 10) / 2, 6);
  expect(variance).toBeCloseTo((2.5 / 4 + 50.5 / 100) / 2, 6);
});

it("is averaged over all batch norms, each feature with the same weight, and leaves out those that do not vary", () => {
  // One feature at distance 1 beside three at 0; a fourth is constant.
  const far = observed(0.5, [[2], [6]]);
  const near = observed(0, [
    [2, 10, 1, 5],
    [6, 30, 2, 5],
  ]);
  expect(distance(far, near).mean).toBeCloseTo(1 / 4, 6);
  expect(distance(far, near).variance).toBeCloseTo((2.5 / 4 + 3) / 4, 6);
});
