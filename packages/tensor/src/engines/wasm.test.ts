import { normals, uniforms } from "testing";
import { describe, expect, it } from "vitest";
import { allocate, type Data, type FloatData, type FloatDType } from "../dtype.js";
import { scalar } from "./scalar.js";
import type { Exports } from "./wasm/exports.js";
import { type Instance, instantiate } from "./wasm/instantiate.js";
import { wasmEngine } from "./wasm.js";

const instance = instantiate() as Instance;

/** The module's functions, each counted when it is called. */
function counted(exports: Exports) {
  const calls: Record<string, number> = {};
  const wrapped = Object.fromEntries(
    Object.entries(exports).map(([name, value]) => [
      name,
      (...parameters: unknown[]) => {
        calls[name] = (calls[name] ?? 0) + 1;
        return Reflect.apply(value, undefined, parameters);
      },
    ]),
  );
  return { exports: wrapped as unknown as Exports, calls };
}

const made = new Map<string, Float64Array>();

/** Normal numbers, made once, with a share of zeros. */
function numbers(dtype: FloatDType, length: number, seed: number, zeros = 0) {
  const key = `${length} ${seed} ${zeros}`;
  let values = made.get(key);
  if (!values) {
    const chances = uniforms(seed + 1, length);
    values = normals(seed, length).map((z, i) => (chances[i] < zeros ? 0 : z));
    made.set(key, values);
  }
  const data = allocate(dtype, length);
  data.set(values);
  return data;
}

const sizes = [0, 1, 2, 3, 4, 5, 17];
const { exports, calls } = counted(instance.exports);
const wasm = wasmEngine({ ...instance, exports }).kernels;
/** Nothing but what control and constants take. */
const noRoom = { ...instance, memory: { buffer: new ArrayBuffer(2 * 65_536), grow: refuse }, shared: false };

function refuse(): never {
  throw new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded");
}

describe("matmul", () => {
  /** Both engines' products of the same operands, for each transpose form, written and added. */
  function expectSameBits(dtype: FloatDType, m: number, k: number, n: number, zeros: number) {
    const a = numbers(dtype, m * k, 1, zeros);
    const b = numbers(dtype, k * n, 2);
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      for (const accumulate of [false, true]) {
        const expected = numbers(dtype, m * n, 3);
        const out = expected.slice();
        scalar.matmul(expected, a, b, m, k, n, transposeA, transposeB, accumulate);
        wasm.matmul(out, a, b, m, k, n, transposeA, transposeB, accumulate);
        expectSame([out], [expected], `${dtype} ${[m, k, n]} ${[transposeA, transposeB, accumulate]}`);
      }
    }
  }

  it.each(["float32", "float64"] as const)("is the scalar engine's in %s, bit for bit", (dtype) => {
    for (const m of sizes) for (const k of sizes) for (const n of sizes) expectSameBits(dtype, m, k, n, 0.2);
    // Beyond one block of k, and with zeros enough for the kernel that lists them.
    for (const [m, k, n] of [
      [5, 600, 9],
      [37, 257, 33],
      [64, 256, 64],
      [33, 300, 70],
    ]) {
      for (const zeros of [0, 0.5, 0.8, 1]) expectSameBits(dtype, m, k, n, zeros);
    }
    expect(calls[`matmul${dtype === "float32" ? "Float32" : "Float64"}`]).toBeGreaterThan(2000);
  });

  it("multiplies zeros with NaN and infinities where there are any", () => {
    const [m, k, n] = [64, 64, 64];
    for (const dtype of ["float32", "float64"] as const) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        // In the vectors, and in what is left after them.
        for (const at of [0, 1, 2, 3, k * n - 1]) {
          const b = numbers(dtype, k * n, 2);
          b[at] = bad;
          const out = allocate(dtype, m * n);
          wasm.matmul(out, allocate(dtype, m * k), b, m, k, n, false, false, false);
          expect([...out]).toEqual([...out].map((_, i) => (i % n === at % n ? Number.NaN : 0)));
        }
      }
    }
  });

  it("a sum that begins at −0 is 0, whatever is skipped", () => {
    for (const m of [1, 64]) {
      for (const value of [0, 1, -1]) {
        const out = new Float32Array(m * 64).fill(-0);
        const a = new Float32Array(m * 64).fill(value);
        wasm.matmul(out, a, new Float32Array(64 * 64), m, 64, 64, false, false, true);
        expect(out.every((sum) => Object.is(sum, 0))).toBe(true);
      }
    }
  });
});

/** `toEqual` by the first difference: of arrays as long as these it would take seconds. */
function expectSame(actual: readonly unknown[], expected: readonly unknown[], what: string) {
  for (const [i, part] of expected.entries()) {
    const other = actual[i];
    if (ArrayBuffer.isView(part) && ArrayBuffer.isView(other)) {
      const [a, b] = [other as FloatData, part as FloatData];
      for (let j = 0; j < b.length; j++) {
        if (!Object.is(a[j], b[j])) expect(a[j], `${what}: operand ${i} at ${j}`).toBe(b[j]);
      }
      expect(a.length, what).toBe(b.length);
    } else {
      expect(other, what).toEqual(part);
    }
  }
}

/** A kernel's parameters for x[rows, columns], made anew at each call. */
type Parameters = (
  dtype: FloatDType,
  rows: number,
  columns: number,
) => (Data | number[] | number | boolean | string | undefined)[];

const binaryOperations = ["add", "sub", "mul", "div", "maximum"] as const;
const activations = ["sigmoid", "tanh", "gelu", "geluTanh"] as const;

/** Something to write to, and numbers of up to a few times `size`. */
const pair = (dtype: FloatDType, length: number, size: number) => [
  numbers(dtype, length, 1),
  numbers(dtype, length, 2, 0.1).map((z) => size * z),
];
const positive = (length: number, seed: number) => Float64Array.from(uniforms(seed, length), (u) => u + 0.1);

/** Kernels of x[rows, columns], and the function of the module that does it. */
const kernels: Record<string, { by: string; parameters: Parameters }> = {
  binary: {
    by: "binary",
    parameters: (dtype, rows, columns) => [
      binaryOperations[(rows + columns) % 5],
      numbers(dtype, rows * columns, 1),
      numbers(dtype, rows * columns, 2, 0.1),
      numbers(dtype, rows * columns, 3, 0.1),
      [rows, columns],
      [columns, 1],
      [columns, 1],
    ],
  },
  unary: {
    by: "unary",
    parameters: (dtype, rows, columns) => ["exp", ...pair(dtype, rows * columns, 100)],
  },
  unaryBackward: {
    by: "unaryBackward",
    parameters: (dtype, rows, columns) => [
      activations[(rows + columns) % 4],
      ...pair(dtype, rows * columns, 2),
      numbers(dtype, rows * columns, 3).map((z) => 4 * z),
    ],
  },
  sum: {
    by: "addRows",
    parameters: (dtype, rows, columns) => [
      allocate(dtype, columns),
      numbers(dtype, rows * columns, 1),
      1,
      rows,
      columns,
    ],
  },
  max: {
    by: "greatestRows",
    parameters: (dtype, rows, columns) => [
      allocate(dtype, columns),
      numbers(dtype, rows * columns, 1, 0.3),
      1,
      rows,
      columns,
    ],
  },
  argmax: {
    by: "greatestPositions",
    parameters: (dtype, rows, columns) => [
      allocate("int32", columns),
      numbers(dtype, rows * columns, 1, 0.3).map(Math.round),
      1,
      rows,
      columns,
    ],
  },
  softmax: {
    by: "softmax",
    parameters: (dtype, rows, columns) => [...pair(dtype, rows * columns, 5), rows, columns],
  },
  softmaxBackward: {
    by: "softmaxBackward",
    parameters: (dtype, rows, columns) => [
      ...pair(dtype, rows * columns, 5),
      numbers(dtype, rows * columns, 3).map(Math.abs),
      rows,
      columns,
    ],
  },
  logSoftmax: {
    by: "logSoftmax",
    parameters: (dtype, rows, columns) => [...pair(dtype, rows * columns, 5), rows, columns],
  },
  logSoftmaxBackward: {
    by: "logSoftmaxBackward",
    parameters: (dtype, rows, columns) => [
      ...pair(dtype, rows * columns, 5),
      numbers(dtype, rows * columns, 3).map((z) => -Math.abs(z)),
      rows,
      columns,
    ],
  },
  normalizeRows: {
    by: "normalizeRow",
    parameters: (dtype, rows, columns) => [
      ...pair(dtype, rows * columns, 5),
      numbers("float64", rows, 3),
      positive(rows, 4),
      numbers(dtype, columns, 5),
      numbers(dtype, columns, 6),
      rows,
      columns,
    ],
  },
  normalizeRowsBackward: {
    by: "normalizeRowBackward",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers("float64", columns, 2),
      numbers("float64", columns, 3),
      numbers(dtype, rows * columns, 4),
      numbers(dtype, rows * columns, 5),
      numbers("float64", rows, 6),
      positive(rows, 7),
      numbers(dtype, columns, 8),
      rows,
      columns,
    ],
  },
  weightedCrossEntropy: {
    by: "weightedCrossEntropy",
    parameters: (dtype, rows, columns) => [
      ...pair(dtype, rows * columns, 5),
      numbers("float64", rows * columns, 3, 0.4).map(Math.abs),
      1 / rows,
      rows,
      columns,
    ],
  },
  binaryCrossEntropy: {
    by: "binaryCrossEntropy",
    parameters: (dtype, rows, columns) => [
      ...pair(dtype, rows * columns, 5),
      numbers(dtype, rows * columns, 3, 0.3).map((z) => Math.min(1, Math.abs(z))),
      1 / rows,
    ],
  },
  squaredError: {
    by: "squaredError",
    parameters: (dtype, rows, columns) => [
      ...pair(dtype, rows * columns, 5),
      numbers(dtype, rows * columns, 3),
      1 / rows,
    ],
  },
  softmaxCrossEntropy: {
    by: "softmaxCrossEntropy",
    parameters: (dtype, rows, columns) => [
      ...pair(dtype, rows * columns, 5),
      Array.from({ length: rows }, (_, i) => i % columns),
      1 / rows,
      rows,
      columns,
    ],
  },
  relu: {
    by: "relu",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers(dtype, rows * columns, 2, 0.2),
    ],
  },
  reluBackward: {
    by: "reluBackward",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers(dtype, rows * columns, 2),
      numbers(dtype, rows * columns, 3, 0.2),
    ],
  },
  leakyRelu: {
    by: "leakyRelu",
    parameters: (dtype, rows, columns) => [...pair(dtype, rows * columns, 2), 0.01],
  },
  leakyReluBackward: {
    by: "leakyReluBackward",
    parameters: (dtype, rows, columns) => [
      ...pair(dtype, rows * columns, 2),
      numbers(dtype, rows * columns, 3, 0.2),
      0.01,
    ],
  },
  addRow: {
    by: "addRow",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers(dtype, columns, 2),
      rows,
      columns,
    ],
  },
  addColumnSums: {
    by: "addRows",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, columns, 1),
      numbers(dtype, rows * columns, 2),
      rows,
      columns,
    ],
  },
  moments: {
    by: "addCentredRows",
    parameters: (dtype, rows, columns) => [
      numbers("float64", columns, 1),
      numbers("float64", columns, 2),
      numbers(dtype, rows * columns, 3),
      1,
      rows,
      columns,
    ],
  },
  normalize: {
    by: "normalize",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers(dtype, rows * columns, 2),
      numbers("float64", columns, 3),
      positive(columns, 4),
      numbers(dtype, columns, 5),
      numbers(dtype, columns, 6),
      rows,
      columns,
    ],
  },
  normalizeSums: {
    by: "normalizeSums",
    parameters: (dtype, rows, columns) => [
      numbers("float64", columns, 1),
      numbers("float64", columns, 2),
      numbers(dtype, rows * columns, 3),
      numbers(dtype, rows * columns, 4),
      numbers("float64", columns, 5),
      positive(columns, 6),
      rows,
      columns,
    ],
  },
  normalizeTrainBackward: {
    by: "normalizeTrainBackward",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers(dtype, rows * columns, 2),
      numbers(dtype, rows * columns, 3),
      numbers("float64", columns, 4),
      positive(columns, 5),
      numbers(dtype, columns, 6),
      numbers("float64", columns, 7),
      numbers("float64", columns, 8),
      rows,
      columns,
    ],
  },
  normalizeEvalBackward: {
    by: "binaryRow",
    parameters: (dtype, rows, columns) => [
      ...pair(dtype, rows * columns, 2),
      positive(columns, 3),
      numbers(dtype, columns, 4),
      rows,
      columns,
    ],
  },
  sgd: {
    by: "sgd",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers(dtype, rows * columns, 2),
      0.1,
      columns % 2 === 0 ? 0 : 0.01,
    ],
  },
  sgdMomentum: {
    by: "sgdMomentum",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers(dtype, rows * columns, 2),
      numbers(dtype, rows * columns, 3),
      0.1,
      columns % 2 === 0 ? 0 : 0.01,
      0.9,
      rows % 2 === 0,
    ],
  },
  rmsprop: {
    by: "rmsprop",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers(dtype, rows * columns, 2),
      numbers(dtype, rows * columns, 3).map(Math.abs),
      rows % 2 === 0 ? undefined : numbers(dtype, rows * columns, 4),
      columns % 2 === 0 ? undefined : numbers(dtype, rows * columns, 5),
      0.1,
      rows % 4 < 2 ? 0 : 0.01,
      0.9,
      0.8,
      1e-8,
    ],
  },
  adagrad: {
    by: "adagrad",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers(dtype, rows * columns, 2),
      numbers(dtype, rows * columns, 3).map(Math.abs),
      0.1,
      columns % 2 === 0 ? 0 : 0.01,
      1e-8,
    ],
  },
  adam: {
    by: "adam",
    parameters: (dtype, rows, columns) => [
      numbers(dtype, rows * columns, 1),
      numbers(dtype, rows * columns, 2),
      numbers(dtype, rows * columns, 3),
      numbers(dtype, rows * columns, 4).map(Math.abs),
      0.1,
      columns % 2 === 0 ? 0 : 0.01,
      rows % 2 === 0,
      0.9,
      0.999,
      0.3,
      0.2,
      1e-8,
    ],
  },
};

/** What `engine`'s kernel returns, and what it leaves in its parameters, those included that it only reads. */
function outcome(engine: object, name: string, parameters: readonly unknown[]): unknown[] {
  const returned = Reflect.apply((engine as Record<string, () => unknown>)[name], undefined, parameters);
  return [returned, ...parameters];
}

const shapes = [
  [1, 1000] as const,
  [1000, 1] as const,
  ...sizes.flatMap((rows) => sizes.map((columns) => [rows, columns] as const)),
  [70, 257] as const, // more than one block of rows
  [3, 9001] as const, // rows longer than a block
];

describe.each(Object.entries(kernels))("%s", (name, { by, parameters }) => {
  it.each(["float32", "float64"] as const)("is the scalar engine's in %s, bit for bit", (dtype) => {
    const before = ran(by, dtype);
    for (const [rows, columns] of shapes) {
      const what = `${dtype} [${rows}, ${columns}]`;
      const expected = outcome(scalar, name, parameters(dtype, rows, columns));
      expectSame(outcome(wasm, name, parameters(dtype, rows, columns)), expected, what);
    }
    expect(ran(by, dtype)).toBeGreaterThan(before);
  });

  it("is the scalar engine's where memory can't grow", () => {
    const expected = outcome(scalar, name, parameters("float32", 3, 5));
    expect(outcome(wasmEngine(noRoom).kernels, name, parameters("float32", 3, 5))).toEqual(expected);
  });

  it.each(["float32", "float64"] as const)("is the scalar engine's at special values in %s", (dtype) => {
    const tiny = dtype === "float32" ? 1e-45 : 5e-324;
    const special = [Number.NaN, 1 / 0, -1 / 0, -0, tiny, -tiny, 3e38];
    for (const value of special) {
      for (const at of [0, 4, 34]) {
        const spoilt = () => {
          const made = parameters(dtype, 5, 7);
          for (const operand of made) if (ArrayBuffer.isView(operand)) operand[at % operand.length] = value;
          return made;
        };
        expectSame(outcome(wasm, name, spoilt()), outcome(scalar, name, spoilt()), `${value} at ${at}`);
      }
    }
  });
});

describe("in place", () => {
  const [rows, columns] = [3, 5];
  const length = rows * columns;
  /** Operands of kernels (as many writes as there are places of them among the reads), float64 vectors, numbers. */
  const cases: [
    name: string,
    places: number[],
    reads: number,
    vectors: number,
    rest: (number | boolean)[],
  ][] = [
    ["relu", [0], 1, 0, [length]],
    ["reluBackward", [0], 2, 0, [length]],
    ["reluBackward", [1], 2, 0, [length]],
    ["leakyRelu", [0], 1, 0, [length, 0.1]],
    ["leakyReluBackward", [0], 2, 0, [length, 0.1]],
    ["leakyReluBackward", [1], 2, 0, [length, 0.1]],
    ["binary", [0], 2, 0, [length, 1, false, false]],
    ["binary", [1], 2, 0, [length, 1, false, false]],
    ["binaryRow", [0], 1, 1, [rows, columns, 1, false]],
    ["unary", [0], 1, 0, [length, 2]],
    ["unaryBackward", [0], 2, 0, [length, 2]],
    ["unaryBackward", [1], 2, 0, [length, 2]],
    ["addRow", [0], 1, 1, [rows, columns]],
    ["normalize", [0], 1, 4, [rows, columns]],
    ["normalizeTrainBackward", [0], 2, 5, [rows, columns]],
    ["normalizeTrainBackward", [1], 2, 5, [rows, columns]],
    ["softmax", [0], 1, 1, [rows, columns]],
    ["softmaxBackward", [0], 2, 0, [rows, columns]],
    ["softmaxBackward", [1], 2, 0, [rows, columns]],
    ["logSoftmax", [0], 1, 1, [rows, columns]],
    ["logSoftmaxBackward", [0], 2, 0, [rows, columns]],
    ["logSoftmaxBackward", [1], 2, 0, [rows, columns]],
    ["softmaxCrossEntropy", [0], 1, 1, [columns, 2, 0.5]],
    ["weightedCrossEntropy", [1], 2, 1, [rows, columns, 0.5, 0]],
    ["normalizeRow", [0], 1, 2, [columns, 0.5, 2]],
    ["normalizeRowBackward", [0], 2, 3, [columns, 0.5, 2]],
    ["normalizeRowBackward", [1], 2, 3, [columns, 0.5, 2]],
    ["squaredError", [0], 2, 0, [length, 0.5, 0]],
    ["binaryCrossEntropy", [0], 2, 0, [length, 0.5, 0]],
    ["sgd", [0], 2, 0, [length, 0.1, 0.01]],
    ["sgdMomentum", [0, 2], 3, 0, [length, 0.1, 0.01, 0.9, true]],
    ["rmsprop", [0, 2, 3, 4], 5, 0, [length, 0.1, 0.01, 0.9, 0.8, 1e-8, true, true]],
    ["adagrad", [0, 2], 3, 0, [length, 0.1, 0.01, 1e-8]],
    ["adam", [0, 2, 3], 4, 0, [length, 0.9, 0.1, 0.01, 0.9, 0.99, 0.3, 1e-8]],
  ];

  it.each(cases)("%s writes to operand %j what it writes elsewhere", (name, places, reads, vectors, rest) => {
    for (const dtype of ["float32", "float64"] as const) {
      const written = [false, true].map((inPlace) => {
        const address = (operand: number) => 262_144 + 512 * operand;
        const all = places.length + reads + vectors;
        const view = (operand: number) => {
          const type = dtype === "float32" ? Float32Array : Float64Array;
          return new type(instance.memory.buffer as ArrayBuffer, address(operand), length);
        };
        for (let operand = places.length; operand < all; operand++) {
          if (operand < places.length + reads)
            view(operand).set(numbers(dtype, length, operand).map(Math.abs));
          else
            new Float64Array(instance.memory.buffer, address(operand), length).set(positive(length, operand));
        }
        const targets = places.map((place, i) => (inPlace ? places.length + place : i));
        const others = Array.from({ length: reads + vectors }, (_, i) => address(places.length + i));
        const kernel = exports[`${name}${dtype === "float32" ? "Float32" : "Float64"}` as keyof Exports];
        Reflect.apply(kernel as () => unknown, undefined, [...targets.map(address), ...others, ...rest]);
        // One row alone of what is called row by row.
        const size = rest[0] === columns ? columns : length;
        return targets.map((target) => view(target).slice(0, size));
      });
      expect(written[1]).toEqual(written[0]);
    }
  });
});

it("matmul is the scalar engine's where memory can't grow", () => {
  const parameters = () => [
    new Float32Array(15),
    numbers("float32", 12, 1),
    numbers("float32", 20, 2),
    ...[3, 4, 5],
    ...[false, false, false],
  ];
  const expected = outcome(scalar, "matmul", parameters());
  expect(outcome(wasmEngine(noRoom).kernels, "matmul", parameters())).toEqual(expected);
});

/** Ends of ranges, their neighbours, and everything between, of either sign. */
function probes(dtype: FloatDType): FloatData {
  const ends = [
    745.1332191019412,
    709.782712893384,
    708.4,
    88.7,
    39,
    22,
    5,
    1,
    0.5,
    Math.SQRT1_2,
    Math.SQRT2,
  ];
  const sizes = [0, 5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-45, 1e-38, 1e-8, 1e38, 1e308, 1 / 0];
  const near = ends.flatMap((x) => [x * (1 - 2 ** -52), x, x * (1 + 2 ** -52), x - 1e-6, x + 1e-6]);
  const positive = [...sizes, ...near, ...positiveSizes];
  const data = allocate(dtype, 2 * positive.length + 1);
  data.set([...positive, ...positive.map((x) => -x), Number.NaN]);
  return data;
}
const positiveSizes = Array.from(normals(7, 4000), (z) => Math.exp(3 * z));

describe.each(["float32", "float64"] as const)("in %s, bit for bit, of numbers of every size:", (dtype) => {
  it.each(["exp", "log", "sqrt", ...activations] as const)("%s", (operation) => {
    const x = probes(dtype);
    const [y, expected] = [allocate(dtype, x.length), allocate(dtype, x.length)];
    wasm.unary(operation, y, x);
    scalar.unary(operation, expected, x);
    expectSame([y], [expected], operation);
  });

  it.each(activations)("the slope of %s", (operation) => {
    const x = probes(dtype);
    const dy = numbers(dtype, x.length, 1);
    const [dx, expected] = [allocate(dtype, x.length), allocate(dtype, x.length)];
    wasm.unaryBackward(operation, dx, dy, x);
    scalar.unaryBackward(operation, expected, dy, x);
    expectSame([dx], [expected], operation);
  });

  it("binaryCrossEntropy", () => {
    const logits = probes(dtype).filter((z) => Math.abs(z) < 1e30);
    const targets = allocate(dtype, logits.length);
    targets.set(uniforms(3, logits.length));
    const outcomes = [wasm, scalar].map((engine) => {
      const dlogits = allocate(dtype, logits.length);
      return [engine.binaryCrossEntropy(dlogits, logits, targets, 0.5), dlogits];
    });
    expectSame(outcomes[0], outcomes[1], "loss and gradient");
  });

  it.each(binaryOperations)("%s of whole operands, rows and numbers", (operation) => {
    const x = probes(dtype).subarray(0, 4095);
    const layouts: [shape: number[], strides: number[], kernel: string][] = [
      [[4095], [0], "binary"],
      [[4095], [1], "binary"],
      [[819, 5], [0, 1], "binaryRow"],
      [[273, 3, 5], [0, 5, 1], "binaryRow"],
      [[5, 819], [0, 1], "binaryRow"],
      [[4095, 1], [0, 0], "binary"],
    ];
    for (const [shape, strides, kernel] of layouts) {
      const whole = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      for (const [aStrides, bStrides] of [
        [whole, strides],
        [strides, whole],
      ]) {
        const other = x.slice().reverse();
        const [out, expected] = [allocate(dtype, 4095), allocate(dtype, 4095)];
        const before = ran(kernel, dtype);
        wasm.binary(operation, out, x, other, shape, aStrides, bStrides);
        scalar.binary(operation, expected, x, other, shape, aStrides, bStrides);
        expectSame([out], [expected], `[${shape}] [${aStrides}] [${bStrides}]`);
        expect(ran(kernel, dtype)).toBe(before + 1);
      }
    }
  });
});

/** How often the module's function has run. */
const ran = (name: string, dtype: FloatDType): number =>
  calls[`${name}${dtype === "float32" ? "Float32" : "Float64"}`] ?? 0;

it("what repeats in other ways, and integers, are the scalar engine's", () => {
  const cases = [
    { dtype: "float32", aStrides: [1, 0], bStrides: [3, 1] },
    { dtype: "float32", aStrides: [0, 1], bStrides: [0, 1] },
    { dtype: "float64", aStrides: [1, 0], bStrides: [0, 1] },
    { dtype: "int32", aStrides: [3, 1], bStrides: [3, 1] },
    { dtype: "uint8", aStrides: [3, 1], bStrides: [0, 0] },
  ] as const;
  for (const { dtype, aStrides, bStrides } of cases) {
    const [a, b, out, expected] = [1, 2, 0, 0].map((seed) => {
      const data = allocate(dtype, 12);
      if (seed > 0) data.set(normals(seed, 12).map((z) => Math.abs(100 * z)));
      return data;
    });
    for (const operation of binaryOperations) {
      wasm.binary(operation, out, a, b, [4, 3], aStrides, bStrides);
      scalar.binary(operation, expected, a, b, [4, 3], aStrides, bStrides);
      expect(out).toEqual(expected);
    }
  }
  const x = Int32Array.of(3, -5, 2, 2 ** 30, 7, -1);
  for (const name of ["max", "argmax"] as const) {
    const [out, expected] = [new Int32Array(3), new Int32Array(3)];
    wasm[name](out, x, 1, 2, 3);
    scalar[name](expected, x, 1, 2, 3);
    expect(out).toEqual(expected);
  }
});

it.each(["float32", "float64"] as const)(
  "sums and moments along rows are the scalar engine's in %s",
  (dtype) => {
    const before = [ran("sumRows", dtype), ran("momentsOfRows", dtype)];
    let calls = 0;
    for (const [rows, columns] of shapes) {
      const x = numbers(dtype, rows * columns, 1, 0.1);
      for (const value of [0, 1e30, Number.NaN, 1 / 0]) {
        x.fill(value, rows * columns - 2, rows * columns - 1);
        const sums = [wasm, scalar].map((engine) => {
          const out = allocate(dtype, rows);
          engine.sum(out, x, rows, columns, 1);
          return out;
        });
        expectSame([sums[0]], [sums[1]], `sum of [${rows}, ${columns}]`);
        const moments = [wasm, scalar].map((engine) => {
          const [mean, variance] = [new Float64Array(rows), new Float64Array(rows)];
          engine.moments(mean, variance, x, rows, columns, 1);
          return [mean, variance];
        });
        expectSame(moments[0], moments[1], `moments of [${rows}, ${columns}]`);
        if (rows > 0 && columns > 0) calls++;
      }
    }
    expect(ran("sumRows", dtype)).toBeGreaterThanOrEqual(before[0] + calls);
    expect(ran("momentsOfRows", dtype)).toBeGreaterThanOrEqual(before[1] + calls);
  },
);

it("reductions of other layouts are the scalar engine's", () => {
  const x = numbers("float32", 60, 1);
  for (const [outer, length, inner] of [
    [1, 60, 1],
    [12, 5, 1],
    [3, 4, 5],
  ]) {
    for (const name of ["sum", "max", "argmax"]) {
      const out = () => [
        name === "argmax" ? new Int32Array(outer * inner) : new Float32Array(outer * inner),
        x,
        outer,
        length,
        inner,
      ];
      expect(outcome(wasm, name, out())).toEqual(outcome(scalar, name, out()));
    }
  }
});

it("matmul is the scalar engine's where the workspace alone would take 3 GB", () => {
  const out = new Float32Array(15);
  const ones = new Float32Array(20).fill(1);
  const grown: number[] = [];
  const grow = (pages: number) => {
    grown.push(pages);
    return refuse();
  };
  // An i32 of WebAssembly: 3 GB are −1 GB.
  const workspace = { ...exports, matmulWorkspaceFloat32: () => -(2 ** 30) };
  const large = { ...noRoom, memory: { ...noRoom.memory, grow }, exports: workspace };
  wasmEngine(large).kernels.matmul(out, ones.subarray(0, 12), ones, 3, 4, 5, false, false, false);
  expect(grown.at(-1)).toBe((3 * 2 ** 30) / 65_536 + 1);
  expect(out.every((sum) => sum === 4)).toBe(true);
});

it("clear writes zeros, by the module where the numbers are in its memory", () => {
  const engine = wasmEngine({ ...instance, exports });
  for (const dtype of ["float32", "float64"] as const) {
    for (const length of [...sizes, 20_000]) {
      const data = [engine.storage(dtype, length), allocate(dtype, length)] as FloatData[];
      for (const x of data) {
        x.fill(Number.NaN);
        engine.kernels.clear(x);
        expect(x.every((value) => Object.is(value, 0))).toBe(true);
      }
    }
  }
  expect(calls.clearFloat32).toBe(sizes.length + 1);
});

it("every kernel that is not the scalar engine's is compared with it above", () => {
  const own = Object.entries(wasm).filter(([name, kernel]) => kernel !== scalar[name as keyof typeof scalar]);
  expect(own.map(([name]) => name).sort()).toEqual(
    ["clear", "matmul", "name", ...Object.keys(kernels)].sort(),
  );
});

it("memory is taken once, and holds nothing from one call to the next", () => {
  const { memory } = instance;
  const multiply = (n: number) => {
    const out = new Float32Array(n * n);
    const ones = new Float32Array(n * n).fill(1);
    wasm.matmul(out, ones, ones, n, n, n, false, false, false);
    return out;
  };
  const large = multiply(300);
  const { byteLength } = memory.buffer;
  const small = multiply(8);
  for (let i = 0; i < 100; i++) multiply(300);
  expect(memory.buffer.byteLength).toBe(byteLength);
  // Results are the caller's own.
  expect(large.every((value) => value === 300)).toBe(true);
  expect(small.every((value) => value === 8)).toBe(true);
});
