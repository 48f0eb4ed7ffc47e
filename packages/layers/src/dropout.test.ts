import { checkGradients } from "@handgrad/gradcheck";
import { normal, ones, Random, tensor, zeros } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { Dense } from "./dense.js";
import { Dropout, dropout, dropoutBackward, dropoutMask } from "./dropout.js";
import { Sequential } from "./sequential.js";

describe("dropoutMask", () => {
  it("drops a share of p, keeps a mean of 1, and leaves neighbours independent, within four standard errors", () => {
    const count = 100_000;
    for (const p of [0.1, 0.5, 0.9]) {
      const { data } = dropoutMask([count], p, new Random(1), "float64");
      const kept = 1 / (1 - p);
      expect(new Set(data)).toEqual(new Set([0, kept]));
      const error = 4 * Math.sqrt((p * (1 - p)) / count);
      const dropped = (values: Float64Array) => values.filter((value) => value === 0).length / count;
      expect(Math.abs(dropped(data) - p)).toBeLessThan(error);
      expect(Math.abs(data.reduce((sum, value) => sum + value, 0) / count - 1)).toBeLessThan(error * kept);
      const both = data.map((value, i) => (value === 0 && data[i - 1] === 0 ? 0 : 1));
      expect(Math.abs(dropped(both) - p * p)).toBeLessThan(4 * Math.sqrt(p ** 2 / count) * 2);
    }
  });

  it("drops nothing for p = 0, and draws the same in both dtypes", () => {
    expect(dropoutMask([3], 0, new Random(1), "float32").data).toEqual(Float32Array.of(1, 1, 1));
    const double = dropoutMask([2, 5], 0.3, new Random(2), "float64");
    expect(dropoutMask([2, 5], 0.3, new Random(2), "float32").data).toEqual(Float32Array.from(double.data));
  });
});

it("dropout and its backward pass multiply by the mask", () => {
  const mask = tensor([0, 2, 2]);
  expect(dropout(tensor([1, 2, Number.NaN]), mask).data).toEqual(Float32Array.of(0, 4, Number.NaN));
  expect(dropoutBackward(tensor([5, 6, 7]), mask).data).toEqual(Float32Array.of(0, 12, 14));
  expect(() => dropout(zeros([2]) as never, mask)).toThrow(
    "dropout: mask must be [2], got [3] (axis 0 is 3, not 2)",
  );
  expect(() => dropoutBackward(zeros([2]) as never, mask)).toThrow(
    "dropoutBackward: dy must be [3], got [2] (axis 0 is 2, not 3)",
  );
});

describe("Dropout", () => {
  it("proves its gradient in both modes", () => {
    for (const size of [1, 2, 3, 4, 5, 17]) {
      const layer = new Dropout(0.5, { rng: new Random(size) });
      const check = checkGradients(layer as never, {
        input: normal([3, size], new Random(size), { dtype: "float64" }),
      });
      expect(check.pass, JSON.stringify(check.worst)).toBe(true);
    }
  });

  it("draws a new mask for each training pass, which its backward pass repeats", () => {
    const layer = new Dropout(0.5, { rng: new Random(1) });
    const x = ones([4, 17]);
    const first = layer.forward(x, "train");
    const copy = first.data.slice();
    expect(layer.backward(x).data).toEqual(first.data);
    const second = layer.forward(x, "train");
    expect(second.data).not.toEqual(copy);
    expect(layer.backward(x).data).toEqual(second.data);
    expect(first.data).toEqual(copy);
  });

  it("is the identity in evaluation, forward and backward, and draws nothing", () => {
    const layer = new Dropout(0.5);
    const before = layer.state.random.data.slice();
    const x = ones([2, 3]);
    expect(layer.forward(x, "eval")).toBe(x);
    expect(layer.backward(x)).toBe(x);
    expect(layer.state.random.data).toEqual(before);
  });

  it("two layers draw different masks, two with equal generators the same", () => {
    const x = ones([100]);
    const draw = (layer: Dropout) => layer.forward(x, "train").data;
    expect(draw(new Dropout(0.5))).not.toEqual(draw(new Dropout(0.5)));
    expect(draw(new Dropout(0.5, { rng: new Random(4) }))).toEqual(
      draw(new Dropout(0.5, { rng: new Random(4) })),
    );
    const rng = new Random(4);
    expect(draw(new Dropout(0.5, { rng }))).not.toEqual(draw(new Dropout(0.5, { rng })));
  });

  it("a loaded model goes on with the masks that the saved one would have drawn", () => {
    const create = () => new Sequential(new Dense(3, 17), new Dropout(0.5));
    const model = create();
    const x = ones([4, 3]);
    model.forward(x, "train");
    const saved = model.stateDict();
    expect(Object.keys(saved)).toEqual(["0.weight", "0.bias", "1.random"]);
    const expected = [1, 2, 3].map(() => model.forward(x, "train").data);
    const other = create();
    other.forward(x, "train");
    other.loadStateDict(saved);
    expect([1, 2, 3].map(() => other.forward(x, "train").data)).toEqual(expected);
  });

  it("keeps shape and dtype, takes empty batches, and says what is wrong", () => {
    const layer = new Dropout(0.25);
    for (const shape of [[0, 3], [2, 1, 3], []]) {
      const y = layer.forward(zeros(shape, "float64"), "train");
      expect(y.shape).toEqual(shape);
      expect(y.dtype).toBe("float64");
    }
    for (const p of [1, -0.1, Number.NaN]) {
      expect(() => new Dropout(p)).toThrow(new RangeError(`Dropout: p must be in [0, 1), got ${p}`));
    }
    expect(() => new Dropout(0.5).backward(zeros([1]))).toThrow(
      "Dropout.backward: there is no forward pass to go back through",
    );
    expect(() => layer.forward(zeros([1]), "test" as never)).toThrow(
      'Dropout.forward: mode must be "train" or "eval", got test',
    );
    layer.forward(zeros([2]), "eval");
    expect(() => layer.backward(zeros([3]))).toThrow(
      "Dropout.backward: dy must be [2], got [3] (axis 0 is 3, not 2)",
    );
  });
});
