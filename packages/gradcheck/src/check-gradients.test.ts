import { describe, expect, test } from "vitest";
import { checkGradients } from "./check-gradients.js";
import type { LayerLike, Mode, ParameterLike, TensorLike } from "./layer-like.js";
import { plainBatchNorm, plainRelu, scattered, tamperDx, tensorOf, worstElement } from "./test-layers.js";

/** y = x·w for one weight and any x. */
function scale(weight: number) {
  let x: TensorLike = tensorOf([0], []);
  const layer = {
    params: { weight: { value: tensorOf([], [weight]), grad: tensorOf([], [0]) } },
    forward(input: TensorLike, _mode: Mode): TensorLike {
      x = input;
      return tensorOf(
        x.shape,
        Array.from(x.data, (value) => value * layer.params.weight.value.data[0]),
      );
    },
    backward(dy: TensorLike): TensorLike {
      const { value, grad } = layer.params.weight;
      grad.data[0] += Array.from(dy.data).reduce((sum, g, i) => sum + g * x.data[i], 0);
      return tensorOf(
        dy.shape,
        Array.from(dy.data, (g) => g * value.data[0]),
      );
    },
  };
  return layer;
}

describe("correct layers pass", () => {
  test.each([2, 3, 4, 5, 17])("batch norm of %i rows, in both modes", (rows) => {
    const check = checkGradients(plainBatchNorm(3), { input: scattered([rows, 3]) });
    expect(check).toMatchObject({ pass: true, outside: 0, kinks: 0, elements: 2 * (3 * rows + 6) });
    expect(worstElement(check).used).toBeLessThan(0.01);
  });

  test.each([0, 1])("batch norm of %i rows in eval", (rows) => {
    const check = checkGradients(plainBatchNorm(2), { input: scattered([rows, 2]), modes: ["eval"] });
    expect(check).toMatchObject({ pass: true, elements: 2 * rows + 4 });
  });

  // Two rows leave of dx only the rest of large terms that cancel; σ² ≪ ε leaves it whole.
  for (const rows of [2, 3, 8]) {
    test.each([
      { deviation: 1e-8 },
      { deviation: 1e-3 },
      { deviation: 1e-5, epsilon: 1e-12 },
      { deviation: 1e3 },
      { deviation: 0.1, offset: 1e3 },
      { deviation: 1, epsilon: 0 },
    ])(`batch norm of ${rows} rows, %o`, ({ epsilon = 1e-5, ...data }) => {
      const check = checkGradients(plainBatchNorm(2, { epsilon }), { input: scattered([rows, 2], data) });
      expect(check).toMatchObject({ pass: true, kinks: 0 });
    });
  }

  test("for every seed", () => {
    for (let seed = 0; seed < 20; seed++) {
      expect(checkGradients(plainBatchNorm(2), { input: scattered([4, 2]), seed }).pass).toBe(true);
    }
  });

  test("a loss, as an object literal around a pure function", () => {
    // Mean squared distance from a target.
    const target = [0.5, -1, 2];
    let x: TensorLike = tensorOf([0], []);
    const loss: LayerLike = {
      forward(input) {
        x = input;
        return tensorOf([], [target.reduce((sum, t, i) => sum + (input.data[i] - t) ** 2 / 3, 0)]);
      },
      backward: (dy) =>
        tensorOf(
          [3],
          target.map((t, i) => (dy.data[0] * 2 * (x.data[i] - t)) / 3),
        ),
    };
    expect(checkGradients(loss, { input: scattered([3]) })).toMatchObject({ pass: true, elements: 6 });
  });

  test("numbers near zero do not make the steps small", () => {
    const layer = scale(2);
    const forward = (x: TensorLike, mode: Mode) => {
      const y = layer.forward(x, mode);
      return tensorOf(
        y.shape,
        Array.from(y.data, (value) => value + 1),
      );
    };
    const check = checkGradients({ ...layer, forward }, { input: scattered([2], { deviation: 1e-9 }) });
    expect(check.pass).toBe(true);
    const [dx] = check.modes[0].tensors;
    expect(worstElement(dx).explained).toBeLessThan(1e-10);
  });

  test("a parameter that the layer does without", () => {
    const layer = scale(2);
    const check = checkGradients(
      { ...layer, params: { ...layer.params, bias: undefined } },
      { input: scattered([2]) },
    );
    expect(check.modes[0].tensors.map(({ name }) => name)).toEqual(["dx", "weight"]);
  });

  test("a tensor with more fields than shape and data keeps them", () => {
    const layer = scale(2);
    const seen: unknown[] = [];
    const forward = (x: TensorLike & { readonly dtype?: string }, mode: Mode) => {
      seen.push(x.dtype);
      return { ...layer.forward(x, mode), dtype: "y" };
    };
    const backward = (dy: TensorLike & { readonly dtype?: string }) => {
      seen.push(dy.dtype);
      return layer.backward(dy);
    };
    checkGradients(
      { ...layer, forward, backward },
      { input: { ...scattered([1]), dtype: "x" } as TensorLike },
    );
    expect(new Set(seen)).toEqual(new Set(["x", "y"]));
  });
});

describe("what a check leaves behind", () => {
  const contentsOf = ({ params, state }: ReturnType<typeof plainBatchNorm>) => ({
    tensors: [params.gamma, params.beta]
      .flatMap(({ value, grad }) => [value, grad])
      .concat(state.popMean, state.popVar)
      .map(({ data }) => [...data]),
    batches: state.batches,
  });

  test("values, gradients and state are as they were, bit for bit", () => {
    const layer = plainBatchNorm(3);
    const before = contentsOf(layer);
    const input = scattered([4, 3]);
    const inputBefore = scattered([4, 3]);
    checkGradients(layer, { input });
    expect(contentsOf(layer)).toEqual(before);
    expect(input).toEqual(inputBefore);
  });

  test("also where forward throws in the middle", () => {
    const layer = plainBatchNorm(2);
    const before = contentsOf(layer);
    let calls = 0;
    const forward = (x: TensorLike, mode: Mode) => {
      const y = layer.forward(x, mode);
      if (++calls === 80) throw new Error("out of luck");
      return y;
    };
    expect(() => checkGradients({ ...layer, forward }, { input: scattered([3, 2]) })).toThrow("out of luck");
    expect(contentsOf(layer)).toEqual(before);
  });

  test("a gradient that backward replaces instead of adding to", () => {
    const layer = scale(3);
    const { grad } = layer.params.weight;
    grad.data[0] = 5;
    const backward = (dy: TensorLike) => {
      const dx = layer.backward(dy);
      layer.params.weight.grad = tensorOf([], layer.params.weight.grad.data);
      return dx;
    };
    expect(checkGradients({ ...layer, backward }, { input: scattered([2]) }).pass).toBe(true);
    expect(layer.params.weight.grad).toBe(grad);
    expect(grad.data[0]).toBe(5);
  });

  test("every forward starts from the same state, and the result says what it changes", () => {
    const layer = plainBatchNorm(2);
    const seen = new Set<string>();
    const forward = (x: TensorLike, mode: Mode) => {
      seen.add(JSON.stringify(layer.state));
      return layer.forward(x, mode);
    };
    const [train, evaluation] = checkGradients({ ...layer, forward }, { input: scattered([3, 2]) }).modes;
    expect(seen.size).toBe(1);
    expect(train.changedState).toEqual(["popMean", "popVar", "batches"]);
    expect(evaluation.changedState).toEqual([]);
  });
});

test("a layer may reuse and overwrite everything that it is given or has returned", () => {
  const layer = scale(3);
  const buffer = tensorOf([3], [0, 0, 0]);
  const reusing: LayerLike = {
    ...layer,
    forward(x, mode) {
      layer.params.weight.grad.data.fill(0);
      buffer.data.set(layer.forward({ ...x, data: Float64Array.from(x.data) }, mode).data);
      (x.data as Float64Array).fill(Number.NaN);
      return buffer;
    },
    backward(dy) {
      buffer.data.set(layer.backward(dy).data);
      (dy.data as Float64Array).fill(Number.NaN);
      return buffer;
    },
  };
  expect(checkGradients(reusing, { input: scattered([3]) }).pass).toBe(true);
});

describe("kinks", () => {
  const withZeros = (zeros: number) =>
    tensorOf(
      [4, 10],
      scattered([4, 10]).data.map((value, i) => (i < zeros ? 0 : value)),
    );

  test("ReLU away from 0 has none", () => {
    expect(checkGradients(plainRelu(), { input: withZeros(0) })).toMatchObject({ pass: true, kinks: 0 });
  });

  test("ReLU at 0: left out and counted, up to 5 %", () => {
    const check = checkGradients(plainRelu(), { input: withZeros(2), modes: ["train"] });
    expect(check).toMatchObject({ pass: true, kinks: 2, outside: 0, elements: 40 });
  });

  test("more than 5 % fail, though nothing is outside", () => {
    const check = checkGradients(plainRelu(), { input: withZeros(3) });
    expect(check).toMatchObject({ pass: false, kinks: 6, outside: 0 });
    expect(check.modes.map(({ pass }) => pass)).toEqual([false, false]);
  });

  test("a tensor of which all is at kinks fails", () => {
    const layer = scale(0);
    const absolute = {
      ...layer,
      forward: (x: TensorLike, mode: Mode) => {
        const y = layer.forward(x, mode);
        return tensorOf(y.shape, Array.from(y.data, Math.abs));
      },
    };
    const check = checkGradients(absolute, { input: scattered([40]), modes: ["eval"] });
    expect(check).toMatchObject({ pass: false, kinks: 1, outside: 0, elements: 41 });
  });

  test("do not excuse a wrong gradient beside them, nor one at them a pass elsewhere", () => {
    const input = withZeros(2);
    const wrong = checkGradients(
      tamperDx(plainRelu(), 7, (dx) => dx + 1),
      { input, modes: ["train"] },
    );
    expect(wrong).toMatchObject({ pass: false, kinks: 2, outside: 1, worst: { index: [0, 7] } });
    // A layer that takes 1 for ReLU's slope everywhere.
    const open = checkGradients({ ...plainRelu(), backward: (dy) => dy }, { input, modes: ["train"] });
    const negative = input.data.filter((value) => value < 0).length;
    expect(open).toMatchObject({ pass: false, kinks: 2, outside: negative });
  });
});

describe("options", () => {
  test("modes: both are checked unless said otherwise, in the order given", () => {
    const modes = (options?: { modes: Mode[] }) =>
      checkGradients(scale(2), { input: scattered([2]), ...options }).modes.map(({ mode }) => mode);
    expect(modes()).toEqual(["train", "eval"]);
    expect(modes({ modes: ["eval"] })).toEqual(["eval"]);
    expect(modes({ modes: ["eval", "train"] })).toEqual(["eval", "train"]);
  });

  test("seed: another one, another upstream gradient", () => {
    const analytic = (options?: { seed: number }) =>
      worstElement(checkGradients(scale(2), { input: scattered([1]), ...options })).analytic;
    expect(analytic()).toBe(analytic({ seed: 1 }));
    expect(analytic({ seed: 2 })).not.toBe(analytic({ seed: 1 }));
  });

  test("tolerance: either number by itself", () => {
    const layer = tamperDx(scale(2), 0, (dx) => dx + 1e-3);
    const pass = (tolerance: { atol?: number; rtol?: number }) =>
      checkGradients(layer, { input: scattered([1]), tolerance }).pass;
    expect(pass({})).toBe(false);
    expect(pass({ atol: 2e-3 })).toBe(true);
    expect(pass({ rtol: 2e-3 })).toBe(true);
    expect(pass({ atol: 1e-4, rtol: 1e-5 })).toBe(false);
  });
});

describe("wrong use", () => {
  const input = scattered([2, 2]);
  const bn = () => plainBatchNorm(2);
  const float32 = { shape: [2], data: new Float32Array(2) };
  const shortGrad = { value: tensorOf([2], [1, 2]), grad: tensorOf([1], [0]) };
  const noGrad = { value: tensorOf([2], [1, 2]) } as Partial<ParameterLike> as ParameterLike;
  const constant = (y: TensorLike): LayerLike => ({ ...bn(), forward: () => y });
  const returning = (dx: unknown): LayerLike => ({ ...bn(), backward: () => dx as TensorLike });

  test.each<[string, () => unknown, string]>([
    [
      "no mode",
      () => checkGradients(bn(), { input, modes: [] }),
      'checkGradients: modes must name "train", "eval" or both, got none',
    ],
    [
      "a tolerance below 0",
      () => checkGradients(bn(), { input, tolerance: { rtol: -1 } }),
      "checkGradients: rtol must be finite and not negative, got -1",
    ],
    [
      "a float32 input",
      () => checkGradients(bn(), { input: float32 }),
      "checkGradients: input must hold its data in a Float64Array, got Float32Array",
    ],
    [
      "a float32 parameter",
      () => checkGradients({ ...bn(), params: { gamma: { value: float32, grad: float32 } } }, { input }),
      "checkGradients: params.gamma.value must hold its data in a Float64Array, got Float32Array",
    ],
    [
      "a float32 output",
      () => checkGradients(constant(float32), { input }),
      "checkGradients: the output of forward in train must hold its data in a Float64Array, got Float32Array",
    ],
    [
      "a parameter without a gradient",
      () => checkGradients({ ...bn(), params: { gamma: noGrad } }, { input }),
      "checkGradients: params.gamma.grad before backward in train must be a tensor of shape [2], got undefined",
    ],
    [
      "a gradient of another shape",
      () => checkGradients({ ...bn(), params: { gamma: shortGrad } }, { input }),
      "checkGradients: params.gamma.grad before backward in train must be a tensor of shape [2], got shape [1]",
    ],
    [
      "NaN in the output",
      () => checkGradients(constant(tensorOf([2, 2], [0, 0, Number.NaN, 0])), { input, modes: ["eval"] }),
      "checkGradients: the output of forward in eval must be finite, got NaN at [1, 0]",
    ],
    [
      "NaN in dx",
      () => checkGradients(returning(tensorOf([2, 2], [0, Number.NaN, 0, 0])), { input }),
      "checkGradients: the dx of backward in train must be finite, got NaN at [0, 1]",
    ],
    [
      "no dx",
      () => checkGradients(returning(undefined), { input }),
      "checkGradients: the dx of backward in train must be a tensor of shape [2, 2], got undefined",
    ],
    [
      "a dx of another shape",
      () => checkGradients(returning(tensorOf([4], [0, 0, 0, 0])), { input }),
      "checkGradients: the dx of backward in train must be a tensor of shape [2, 2], got shape [4]",
    ],
    [
      "NaN in a parameter's gradient",
      () => {
        const layer = bn();
        const backward = (dy: TensorLike) => {
          layer.params.beta.grad.data[1] = Number.NaN;
          return layer.backward(dy);
        };
        return checkGradients({ ...layer, backward }, { input, modes: ["eval"] });
      },
      "checkGradients: params.beta.grad after backward in eval must be finite, got NaN at [1]",
    ],
    [
      "a forward that remembers what it does not declare",
      () => {
        let calls = 0;
        const forward = () => tensorOf([2, 2], [0, 0, ++calls, 0]);
        return checkGradients({ ...bn(), forward }, { input });
      },
      "checkGradients: forward in train must give the same output from the same state, " +
        "got 1 and then 2 at [1, 0]; what it remembers or draws between calls belongs in `state`",
    ],
  ])("%s", (_, misuse, message) => {
    expect(misuse).toThrow(message);
    expect(misuse).toThrow(expect.objectContaining({ message }));
  });

  test("a forward that draws from declared state is deterministic", () => {
    const layer = scale(2);
    const state = { draws: 0 };
    const forward = (x: TensorLike, mode: Mode) => {
      const y = layer.forward(x, mode);
      const shift = ++state.draws;
      return tensorOf(
        y.shape,
        Array.from(y.data, (value) => value + shift),
      );
    };
    expect(checkGradients({ ...layer, state, forward }, { input: scattered([2]) }).pass).toBe(true);
  });
});
