import { Dense, Sequential, softmax } from "@handgrad/layers";
import { fromData } from "@handgrad/tensor";
import type { Model } from "laboratory";
import { expect, it } from "vitest";
import { answersOf } from "./answers.js";

/** A network whose logits are the ten pixels, and 300 rows: more than one batch. */
const model = new Sequential(new Dense(10, 10, { bias: false })) as Model;
const weight = model.layers[0].params?.weight.value.data;
weight?.forEach((_, i) => {
  weight[i] = i % 11 === 0 ? 1 : 0;
});
const ROWS = 300;
const pixels = new Float32Array(ROWS * 10);
const labels = new Int32Array(ROWS);
for (let i = 0; i < ROWS; i++) {
  pixels[i * 10 + (i % 10)] = 3;
  labels[i] = i % 10;
}
// Row 290 is a 0 that looks like a 1 a little, row 5 a 5 that looks like a 6 a lot.
pixels.set([2, 2.5], 290 * 10);
pixels.set([0, 9], 5 * 10 + 5);
const test = { inputs: fromData(pixels, [ROWS, 10]), labels: fromData(labels, [ROWS]) };

it("counts right answers and mistakes, and keeps the worst mistakes with their image, the worst first", () => {
  const { confusion, mistakes } = answersOf(model, test as Parameters<typeof answersOf>[1]);
  expect(confusion.rows).toBe(ROWS);
  expect(confusion.accuracy).toBeCloseTo((ROWS - 2) / ROWS, 12);
  expect(mistakes.map(({ row, label, prediction }) => [row, label, prediction])).toEqual([
    [5, 5, 6],
    [290, 0, 1],
  ]);
  const p = softmax(fromData(pixels.slice(50, 60), [1, 10])).data;
  expect(mistakes[0].probability).toBe(p[6]);
  expect(mistakes[0].labelProbability).toBe(p[5]);
  expect(mistakes[0].pixels).toEqual(pixels.slice(50, 60));
});
