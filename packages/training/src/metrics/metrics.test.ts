import { inspect } from "node:util";
import { tensor } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { accuracy, ConfusionMatrix, confusionMatrix, topKAccuracy } from "./metrics.js";

const logits = tensor([
  [3, 1, 2],
  [0, 5, 1],
  [1, 2, 3],
  [2, 2, 1],
  [9, 0, 1],
]);
const labels = [0, 1, 1, 1, 2];

describe("accuracy and top-k", () => {
  it("count the rows whose label is among the greatest; of equal logits the first counts as greater", () => {
    expect(accuracy(logits, labels)).toBe(2 / 5);
    expect([1, 2, 3].map((k) => topKAccuracy(logits, labels, k))).toEqual([2 / 5, 1, 1]);
    expect(topKAccuracy(tensor([[1, 2, 3, 4]]), [0], 3)).toBe(0);
  });

  it("take NaN for the greatest, as argmax does", () => {
    const broken = tensor([
      [Number.NaN, Number.POSITIVE_INFINITY, 0],
      [1, Number.NaN, Number.NaN],
    ]);
    expect(accuracy(broken, [0, 1])).toBe(1);
    expect(accuracy(broken, [1, 2])).toBe(0);
    expect(confusionMatrix(broken, [0, 1]).accuracy).toBe(1);
  });

  it("take labels in any form", () => {
    const label = tensor(labels, "int32");
    expect([label, label.data, Uint8Array.from(labels)].map((form) => accuracy(logits, form))).toEqual([
      0.4, 0.4, 0.4,
    ]);
  });

  it("say what is wrong", () => {
    expect(() => accuracy(logits, [0, 1, 3, 0, 0])).toThrow(
      new RangeError("accuracy: labels must be classes from 0 to 2, got 3 in row 2"),
    );
    expect(() => topKAccuracy(logits, [0, 1, 1, -1, 0], 2)).toThrow(
      "topKAccuracy: labels must be classes from 0 to 2, got -1 in row 3",
    );
    expect(() => accuracy(logits, [0])).toThrow("accuracy: labels must be [5], got [1] (axis 0 is 1, not 5)");
    for (const k of [0, 4, 1.5]) {
      expect(() => topKAccuracy(logits, labels, k)).toThrow(
        `topKAccuracy: k must be an integer from 1 to 3, got ${k}`,
      );
    }
  });
});

describe("confusion matrix", () => {
  const matrix = confusionMatrix(logits, labels);

  it("counts by label and prediction", () => {
    expect([...matrix.counts.data]).toEqual([1, 0, 0, 1, 1, 1, 1, 0, 0]);
    expect(matrix.rows).toBe(5);
    expect(matrix.accuracy).toBe(accuracy(logits, labels));
  });

  it("has precision, recall and F1 of each class and their plain means; 0 where there is nothing to divide by", () => {
    // Predictions 0, 1, 2, 0, 0. Class 2: one prediction, wrong; one label, missed.
    expect(matrix.scores).toEqual([
      { precision: 1 / 3, recall: 1, f1: 1 / 2 },
      { precision: 1, recall: 1 / 3, f1: 1 / 2 },
      { precision: 0, recall: 0, f1: 0 },
    ]);
    expect(matrix.macro).toBeDefined();
    expect(matrix.macro.precision).toBeCloseTo(4 / 9, 15);
    expect(matrix.macro.recall).toBeCloseTo(4 / 9, 15);
    expect(matrix.macro.f1).toBeCloseTo(1 / 3, 15);
    expect(confusionMatrix(tensor([[1, 0]]), [0]).scores[1]).toEqual({ precision: 0, recall: 0, f1: 0 });
    expect(new ConfusionMatrix(2).accuracy).toBe(0);
  });

  it("adds up batches", () => {
    const one = new ConfusionMatrix(3);
    for (let i = 0; i < 5; i++) {
      one.add(tensor([[...logits.data.subarray(3 * i, 3 * i + 3)]] as [[number, number, number]]), [
        labels[i],
      ]);
    }
    expect(one.counts).toEqual(matrix.counts);
    expect(() => one.add(tensor([[1, 2]]), [0])).toThrow(
      "ConfusionMatrix.add: logits must be [N>=1, 3], got [1, 2] (axis 1 is 2, not 3)",
    );
    expect(() => one.add(tensor([[1, 2, 3]]), [3])).toThrow(
      "ConfusionMatrix.add: labels must be classes from 0 to 2, got 3 in row 0",
    );
  });

  it("needs a class", () => {
    for (const classes of [0, -1, 2.5, Number.NaN]) {
      expect(() => new ConfusionMatrix(classes)).toThrow(
        new RangeError(`ConfusionMatrix: classes must be a positive integer, got ${classes}`),
      );
    }
  });

  it("prints as a table", () => {
    expect(inspect(matrix)).toBe(
      [
        "5 rows by label (down) and prediction (across), accuracy 40.0 %",
        "    label       0        1      2   recall",
        "        0       1        0      0  100.0 %",
        "        1       1        1      1   33.3 %",
        "        2       1        0      0    0.0 %",
        "precision  33.3 %  100.0 %  0.0 %   40.0 %",
        "macro precision 44.4 %, recall 44.4 %, F1 33.3 %",
      ].join("\n"),
    );
    expect(String(matrix)).toBe(inspect(matrix));
  });
});
