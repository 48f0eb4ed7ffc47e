import { Sigmoid } from "@handgrad/layers";
import { normal, Random } from "@handgrad/tensor";
import { expect, it } from "vitest";
import { PERCENTILES, percentile } from "../run/training-watch.js";
import { WatchedSigmoid } from "./watched-sigmoid.js";

const batchesOf = (rows: number, count: number) => {
  const rng = new Random(5);
  return Array.from({ length: count }, () => normal([rows, 4], rng));
};

/** The value below which p % of the values lie, between the two that come nearest; by counting, without any sorting. */
function naivePercentile(values: readonly number[], p: number): number {
  const place = (p / 100) * (values.length - 1);
  const ranked = (rank: number) => {
    for (const value of values) {
      const below = values.filter((other) => other < value).length;
      const equal = values.filter((other) => other === value).length;
      if (below <= rank && rank < below + equal) return value;
    }
    throw new Error("no value has this rank");
  };
  const share = place % 1;
  return (1 - share) * ranked(Math.floor(place)) + share * ranked(Math.ceil(place));
}

it.each([1, 2, 3, 17])(
  "percentiles of one unit, over the last three batches of %i rows, are what counting gives",
  (rows) => {
    const batches = batchesOf(rows, 5);
    const layer = new WatchedSigmoid({ unit: 2, batches: 3 });
    for (const batch of batches) layer.forward(batch, "train");
    const values = batches.slice(-3).flatMap(({ data }) => [...data].filter((_, i) => i % 4 === 2));
    expect(layer.sorted).toHaveLength(3 * rows);
    // Two ways of interpolating, each with a rounding or two of float64.
    for (const p of PERCENTILES) {
      expect(percentile(layer.sorted, p)).toBeCloseTo(naivePercentile(values, p), 12);
    }
  },
);

it("what eval passes is not kept", () => {
  const [first, second] = batchesOf(3, 2);
  const layer = new WatchedSigmoid({ unit: 0, batches: 2 });
  layer.forward(first, "train");
  const before = layer.sorted;
  layer.forward(second, "eval");
  expect(layer.sorted).toEqual(before);
});

it("keeps copies: storage that is used again changes nothing", () => {
  const [batch] = batchesOf(3, 1);
  const layer = new WatchedSigmoid({ unit: 0, batches: 2 });
  layer.forward(batch, "train");
  const before = layer.sorted;
  batch.data.fill(9);
  expect(layer.sorted).toEqual(before);
});

it("computes what a sigmoid does, bit for bit", () => {
  const [x, dy] = batchesOf(5, 2);
  const [watched, plain] = [new WatchedSigmoid({ unit: 1, batches: 1 }), new Sigmoid()];
  expect(watched.forward(x, "train").data).toEqual(plain.forward(x, "train").data);
  expect(watched.backward(dy).data).toEqual(plain.backward(dy).data);
});
