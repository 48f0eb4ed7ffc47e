import { checkGradients } from "@handgrad/gradcheck";
import { fromData, normal, oneHot, Random, type Rows, tensor, zeros } from "@handgrad/tensor";
import { readFixture } from "testing";
import { describe, expect, it } from "vitest";
import { type PyTorchFixture, toTensor } from "../fixtures/pytorch.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";

describe("softmaxCrossEntropy", () => {
  const { softmaxCrossEntropy: golden } = readFixture<PyTorchFixture>(import.meta.url, "pytorch.json");
  const logits = toTensor(golden.logits) as Rows<number, "float64">;
  const tolerance = { atol: 1e-15, rtol: 1e-13 }; // float64, five classes

  it("is PyTorch's cross_entropy, for every form of labels", () => {
    const forms = [
      golden.labels,
      Int32Array.from(golden.labels),
      Uint8Array.from(golden.labels),
      fromData(Int32Array.from(golden.labels), [6]),
      oneHot(golden.labels, 5, "float64"),
    ];
    for (const labels of forms) {
      const { loss, gradient } = softmaxCrossEntropy(logits, labels);
      expect(loss).toBeAllClose(golden.loss, tolerance);
      expect(gradient).toBeAllClose(golden.gradient, tolerance);
    }
  });

  it("proves its gradient: as a layer whose output is the loss", () => {
    for (const [rows, classes] of [
      [1, 1],
      [1, 2],
      [3, 17],
      [5, 4],
    ]) {
      const labels = Array.from({ length: rows }, (_, i) => i % classes);
      let gradient = zeros([rows, classes], "float64") as Rows<number, "float64">;
      const check = checkGradients(
        {
          forward(x: Rows<number, "float64">) {
            const result = softmaxCrossEntropy(x, labels);
            gradient = result.gradient;
            return tensor([[result.loss]], "float64") as Rows<number, "float64">;
          },
          backward: (dy: Rows<number, "float64">) =>
            fromData(
              gradient.data.map((g) => g * dy.data[0]),
              [rows, classes],
            ) as Rows<number, "float64">,
        },
        { input: normal([rows, classes], new Random(rows), { dtype: "float64" }) as Rows<number, "float64"> },
      );
      expect(check.pass, JSON.stringify(check.worst)).toBe(true);
    }
  });

  it("neither overflows nor loses the loss of a sure, right answer", () => {
    expect(softmaxCrossEntropy(tensor([[1000, 0]]), [0]).loss).toBe(0);
    expect(softmaxCrossEntropy(tensor([[1000, 0]]), [1]).loss).toBe(1000);
    expect(softmaxCrossEntropy(tensor([[-1000, -1000]]), [0]).loss).toBeCloseTo(Math.LN2, 12);
    expect(softmaxCrossEntropy(tensor([[Number.NaN, 0]]), [0]).loss).toBeNaN();
    // The digits of a small loss do not depend on where the logits lie: log(1 + e^-20) has 1 rounded in, and no 1e6.
    const near = softmaxCrossEntropy(tensor([[1e6 + 20, 1e6]]), [0]).loss;
    expect(near).toBeAllClose(Math.log1p(Math.exp(-20)), { atol: 2 ** -52, rtol: 0 });
  });

  it("says what is wrong with labels and shapes", () => {
    const x = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect(() => softmaxCrossEntropy(x, [0, 3])).toThrow(
      "softmaxCrossEntropy: label 1 must be an integer from 0 to 2, got 3",
    );
    expect(() => softmaxCrossEntropy(x, [0.5, 1])).toThrow("label 0 must be an integer from 0 to 2, got 0.5");
    expect(() => softmaxCrossEntropy(x, [0])).toThrow(
      "softmaxCrossEntropy: labels must be [2], got [1] (axis 0 is 1, not 2)",
    );
    expect(() => softmaxCrossEntropy(x, oneHot([0, 1], 2) as never)).toThrow(
      "softmaxCrossEntropy: labels must be [2, 3], got [2, 2] (axis 1 is 2, not 3)",
    );
    expect(() =>
      softmaxCrossEntropy(
        x,
        tensor([
          [0, 1, 0],
          [0.5, 0.5, 0],
        ]),
      ),
    ).toThrow("softmaxCrossEntropy: row 1 of the labels must be one-hot, got [0.5, 0.5, 0]");
    expect(() => softmaxCrossEntropy(zeros([0, 3]), [])).toThrow(
      "softmaxCrossEntropy: logits must be [N>=1, N], got [0, 3] (axis 0 is 0, less than 1)",
    );
  });
});
