import { checkGradients } from "@handgrad/gradcheck";
import { fromData, kernels, normal, oneHot, Random, type Rows, tensor, zeros } from "@handgrad/tensor";
import { readFixture } from "testing";
import { describe, expect, it, vi } from "vitest";
import { toTensor } from "../fixtures/numbers.js";
import type { PyTorchFixture } from "../fixtures/pytorch.js";
import type { TensorFlowFixture } from "../fixtures/tensorflow.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
import { goldens } from "./test-elementwise.js";
import { asLayer } from "./test-losses.js";

describe("softmaxCrossEntropy", () => {
  const engines = {
    PyTorch: readFixture<PyTorchFixture>(import.meta.url, "pytorch.json"),
    TensorFlow: readFixture<TensorFlowFixture>(import.meta.url, "tensorflow-layers.json"),
  };
  // Five classes, from logits that are exact in float32: the loss is a float64 in both dtypes. Logits of a size of 300
  // are rounded to 6e-14 when the greatest is taken off.
  const tolerances = { float64: { atol: 1e-13, rtol: 1e-13 }, float32: { atol: 1e-7, rtol: 1e-6 } };

  for (const [engine, { softmaxCrossEntropy: cases }] of Object.entries(engines)) {
    for (const [name, golden] of Object.entries(cases)) {
      it(`is ${engine}'s, for every form of labels: ${name}`, () => {
        for (const dtype of ["float64", "float32"] as const) {
          const logits = toTensor(golden.logits, dtype) as Rows<number, typeof dtype>;
          const forms = [
            golden.labels,
            Int32Array.from(golden.labels),
            Uint8Array.from(golden.labels),
            fromData(Int32Array.from(golden.labels), [6]),
            oneHot(golden.labels, 5, dtype),
          ];
          for (const labels of forms) {
            const { loss, gradient } = softmaxCrossEntropy(logits, labels);
            expect(loss).toBeAllClose(golden.loss, tolerances[dtype]);
            expect(gradient).toBeAllClose(golden.gradient, tolerances[dtype]);
          }
        }
      });
    }
  }

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

describe("softmaxCrossEntropy with options", () => {
  // As above: logits of a size of 300 are rounded to 6e-14 when the greatest is taken off.
  const tolerances = { float64: { atol: 1e-13, rtol: 1e-13 }, float32: { atol: 1e-7, rtol: 1e-6 } };

  it.each(Object.entries(goldens.softmaxCrossEntropy))("is PyTorch's: %s", (_, golden) => {
    const { labelSmoothing, classWeights } = golden;
    const forms = classWeights
      ? [classWeights, tensor(classWeights), tensor(classWeights, "float64")]
      : [undefined];
    for (const dtype of ["float64", "float32"] as const) {
      for (const weights of forms) {
        const logits = toTensor(golden.logits, dtype) as Rows<number, typeof dtype>;
        const { loss, gradient } = softmaxCrossEntropy(logits, golden.labels, {
          labelSmoothing,
          ...(weights && { classWeights: weights }),
        });
        expect(loss).toBeAllClose(golden.loss, tolerances.float64);
        expect(gradient).toBeAllClose(golden.gradient, tolerances[dtype]);
      }
    }
  });

  it("proves its gradient", () => {
    for (const [rows, classes] of [
      [1, 1],
      [1, 2],
      [3, 17],
      [5, 4],
    ]) {
      const labels = Array.from({ length: rows }, (_, i) => i % classes);
      const classWeights = Array.from({ length: classes }, (_, j) => (j + 1) / 3);
      for (const options of [
        { labelSmoothing: 0.2 },
        { classWeights },
        { labelSmoothing: 0.2, classWeights },
      ]) {
        const layer = asLayer((x) => softmaxCrossEntropy(x as Rows<number, "float64">, labels, options));
        const check = checkGradients(layer, {
          input: normal([rows, classes], new Random(rows), { dtype: "float64" }),
        });
        expect(check.pass, JSON.stringify(check.worst)).toBe(true);
      }
    }
  });

  it("takes the plain way without smoothing and weights; weights of 1 give its bits", () => {
    const weighted = vi.spyOn(kernels(), "weightedCrossEntropy");
    const logits = normal([17, 5], new Random(3)) as Rows<5>;
    const labels = Array.from({ length: 17 }, (_, i) => i % 5);
    const plain = softmaxCrossEntropy(logits, labels);
    expect(softmaxCrossEntropy(logits, labels, { labelSmoothing: 0 })).toEqual(plain);
    expect(weighted).not.toHaveBeenCalled();
    expect(softmaxCrossEntropy(logits, labels, { classWeights: [1, 1, 1, 1, 1] })).toEqual(plain);
    expect(weighted).toHaveBeenCalledOnce();
    weighted.mockRestore();
  });

  it("an impossible class costs nothing where nothing is expected of it; NaN stays", () => {
    const impossible = tensor([[0, Number.NEGATIVE_INFINITY]]);
    expect(softmaxCrossEntropy(impossible, [0], { classWeights: [1, 1] }).loss).toBe(0);
    expect(softmaxCrossEntropy(impossible, [0], { labelSmoothing: 0.1 }).loss).toBe(Number.POSITIVE_INFINITY);
    const broken = tensor([
      [0, 1],
      [0, Number.NaN],
    ]);
    expect(softmaxCrossEntropy(broken, [0, 1], { classWeights: [1, 0] }).loss).toBeNaN();
  });

  it("says what is wrong", () => {
    const x = zeros([2, 3]);
    const wrong = (options: Parameters<typeof softmaxCrossEntropy>[2]) => () =>
      softmaxCrossEntropy(x as Rows, [0, 1], options);
    for (const labelSmoothing of [-0.1, 1, Number.NaN]) {
      expect(wrong({ labelSmoothing })).toThrow(
        new RangeError(`softmaxCrossEntropy: labelSmoothing must be in [0, 1), got ${labelSmoothing}`),
      );
    }
    expect(wrong({ classWeights: [1, 2] })).toThrow(
      "softmaxCrossEntropy: classWeights must be [3], got [2] (axis 0 is 2, not 3)",
    );
    for (const weight of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(wrong({ classWeights: [1, weight, 1] })).toThrow(
        new RangeError(`softmaxCrossEntropy: class weight 1 must be a number of at least 0, got ${weight}`),
      );
    }
    expect(wrong({ classWeights: [0, 0, 1] })).toThrow(
      new RangeError("softmaxCrossEntropy: classWeights of all labels are 0"),
    );
  });
});
