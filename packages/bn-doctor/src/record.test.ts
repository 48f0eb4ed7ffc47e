import { describe, expect, it } from "vitest";
import { parseRecord } from "./record.js";

const RECORD = {
  x: [
    [1, 2],
    [3, 5],
  ],
  y: [
    [0.1, 0.2],
    [0.3, 0.4],
  ],
  mode: "train",
};

describe("parseRecord", () => {
  it("reads rows, and fills in γ = 1 and β = 0", () => {
    const parsed = parseRecord(RECORD);
    expect(parsed).toMatchObject({
      rows: 2,
      features: 2,
      mode: "train",
      epsilon: undefined,
      pair: undefined,
    });
    expect([...parsed.x]).toEqual([1, 2, 3, 5]);
    expect([...parsed.gamma, ...parsed.beta]).toEqual([1, 1, 0, 0]);
  });

  it("reads one feature without brackets, alone or as a row of NumPy's keepdims", () => {
    const parsed = parseRecord({ x: [1, 2, 3], dy: [[1], [0], [1]], dx: [0, 0, 0], gamma: 2, beta: [[3]] });
    expect(parsed).toMatchObject({ rows: 3, features: 1 });
    expect([...parsed.gamma, ...parsed.beta]).toEqual([2, 3]);
  });

  it.each([
    ["PyTorch", { weight: [2, 2], bias: [1, 1], running_mean: [0, 1], running_var: [1, 2], eps: 1e-5 }],
    ["Keras", { gamma: [2, 2], beta: [1, 1], moving_mean: [0, 1], moving_variance: [1, 2], epsilon: 1e-5 }],
    ["TensorFlow", { scale: [2, 2], offset: [1, 1], mean: [0, 1], variance: [1, 2], epsilon: 1e-5 }],
    ["TypeScript", { gamma: [2, 2], beta: [1, 1], popMean: [0, 1], popVar: [1, 2], epsilon: 1e-5 }],
  ])("knows the names of %s", (_, names) => {
    const { gamma, beta, pair, epsilon } = parseRecord({ ...RECORD, ...names });
    expect([...gamma, ...beta, ...(pair?.mean ?? []), ...(pair?.variance ?? []), epsilon]).toEqual([
      2, 2, 1, 1, 0, 1, 1, 2, 1e-5,
    ]);
  });

  it("leaves out what is null", () => {
    expect(parseRecord({ ...RECORD, epsilon: null, dx: null }).epsilon).toBeUndefined();
  });

  it.each([
    [
      "float32, widened",
      [
        [Math.fround(0.1), 1],
        [2, 3],
      ],
      "float32",
    ],
    [
      "float32, printed",
      [
        [0.1, 0.123456789],
        [2, 3],
      ],
      "float32",
    ],
    [
      "float64",
      [
        [0.1, 1 / 3],
        [2, 3],
      ],
      "float64",
    ],
  ])("takes for granted: %s", (_, y, precision) => {
    expect(parseRecord({ ...RECORD, y }).precision).toBe(precision);
  });

  it.each([
    [null, "a record must be an object with x and what the pass gave, got null"],
    [[1, 2], "a record must be an object with x and what the pass gave, got an array"],
    ["x", 'a record must be an object with x and what the pass gave, got "x"'],
    [{}, "x must be given"],
    [
      { x: [[1]] },
      "a record must hold at least one of y, dx, dgamma, dbeta, new_pop_mean, new_pop_var, got none",
    ],
    [{ ...RECORD, x: 3 }, "x must be an array of rows, or of one number for each row, got 3"],
    [{ ...RECORD, x: [] }, "x must be an array of rows, or of one number for each row, got an empty array"],
    [{ ...RECORD, x: [[], []] }, "x[0] must be a row of at least one number, got an empty array"],
    [{ ...RECORD, x: [[1, 2], [3]] }, "x[1] must be 2 numbers as x[0], got 1"],
    [{ ...RECORD, x: [[1, 2], 3] }, "x[1] must be an array like the row before it, got 3"],
    [
      {
        ...RECORD,
        x: [
          [1, 2],
          [3, Number.NaN],
        ],
      },
      "x[1][1] must be a finite number, got NaN",
    ],
    [
      {
        ...RECORD,
        x: [
          [1, 2],
          [3, "NaN"],
        ],
      },
      'x[1][1] must be a finite number, got "NaN"',
    ],
    [
      {
        ...RECORD,
        x: [
          [1, null],
          [3, 4],
        ],
      },
      "x[0][1] must be a finite number, got null",
    ],
    [{ ...RECORD, y: [[1, 2]] }, "y must be of x's shape, [2, 2], got [1, 2]"],
    [
      {
        ...RECORD,
        dx: [
          [1, 2],
          [3, 4],
        ],
      },
      "dy must be given with dx",
    ],
    [{ ...RECORD, dgamma: [1, 2] }, "dy must be given with dgamma"],
    [{ ...RECORD, dbias: [1, 2] }, "dy must be given with dbias"],
    [{ ...RECORD, gamma: [1, 2, 3] }, "gamma must be 2 numbers, one for each feature, got 3"],
    [{ ...RECORD, weight: 3 }, "weight must be an array of 2 numbers, got 3"],
    [{ ...RECORD, gamma: [1, true] }, "gamma[1] must be a finite number, got true"],
    [{ ...RECORD, pop_mean: [0, 0] }, "pop_var must be given with pop_mean"],
    [{ ...RECORD, running_var: [0, 0] }, "pop_mean must be given with running_var"],
    [{ ...RECORD, pop_mean: [0, 0], pop_var: [1, -1] }, "pop_var[1] must be at least 0, got -1"],
    [
      { ...RECORD, new_pop_var: [1, 1] },
      "pop_mean must be given with new_pop_var, as it was before the pass",
    ],
    [{ ...RECORD, mode: "eval" }, 'pop_mean must be given with mode "eval"'],
    [{ ...RECORD, mode: "test" }, 'mode must be "train" or "eval", got "test"'],
    [{ ...RECORD, precision: "float16" }, 'precision must be "float32" or "float64", got "float16"'],
    [{ ...RECORD, epsilon: -1 }, "epsilon must be a finite number of at least 0, got -1"],
    [{ ...RECORD, eps: "1e-5" }, 'eps must be a finite number of at least 0, got "1e-5"'],
    [{ ...RECORD, gama: [1, 1] }, 'a record has no field "gama"; the closest is "gamma"'],
    [
      { ...RECORD, runing_mean: [1, 1] },
      'a record has no field "runing_mean"; the closest is "running_mean"',
    ],
    [{ ...RECORD, gamma: [1, 1], weight: [1, 1] }, 'gamma must be given once, got "gamma" and "weight"'],
  ])("refuses %j", (record, message) => {
    expect(() => parseRecord(record)).toThrow(new Error(`explain: ${message}`));
  });
});
