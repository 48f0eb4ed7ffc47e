import { normals, uniforms } from "testing";
import { describe, expect, it } from "vitest";
import { allocate, type FloatData, type FloatDType } from "../dtype.js";
import { scalar } from "./scalar.js";
import type { Exports } from "./wasm/exports.js";
import { instantiate } from "./wasm/instantiate.js";
import { wasmEngine } from "./wasm.js";

const module = instantiate() as Exports;

/** The module's functions, each counted when it is called. */
function counted(exports: Exports) {
  const calls: Record<string, number> = {};
  const wrapped = Object.fromEntries(
    Object.entries(exports).map(([name, value]) => [
      name,
      typeof value !== "function"
        ? value
        : (...parameters: unknown[]) => {
            calls[name] = (calls[name] ?? 0) + 1;
            return Reflect.apply(value, undefined, parameters);
          },
    ]),
  );
  return { exports: wrapped as unknown as Exports, calls };
}

function numbers(dtype: FloatDType, length: number, seed: number, zeros = 0) {
  const data = allocate(dtype, length);
  const chances = uniforms(seed + 1, length);
  data.set(normals(seed, length).map((z, i) => (chances[i] < zeros ? 0 : z)));
  return data;
}

const sizes = [0, 1, 2, 3, 4, 5, 17];
const { exports, calls } = counted(module);
const wasm = wasmEngine(exports);
const noRoom = { ...exports, memory: { buffer: new ArrayBuffer(0), grow: refuse } };

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
        expect(out, `${dtype} ${[m, k, n]} ${[transposeA, transposeB, accumulate]}`).toEqual(expected);
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

/** A kernel's parameters for x[rows, columns], made anew at each call. */
type Parameters = (
  dtype: FloatDType,
  rows: number,
  columns: number,
) => (FloatData | number[] | number | boolean | string)[];

/** Something to write to, and numbers of up to a few times `size`. */
const pair = (dtype: FloatDType, length: number, size: number) => [
  numbers(dtype, length, 1),
  numbers(dtype, length, 2, 0.1).map((z) => size * z),
];
const positive = (length: number, seed: number) => Float64Array.from(uniforms(seed, length), (u) => u + 0.1);

/** Kernels of x[rows, columns], and the function of the module that does it. */
const kernels: Record<string, { by: string; parameters: Parameters }> = {
  unary: {
    by: "exp",
    parameters: (dtype, rows, columns) => ["exp", ...pair(dtype, rows * columns, 100)],
  },
  softmaxCrossEntropy: {
    by: "exp",
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
  ...sizes.flatMap((rows) => sizes.map((columns) => [rows, columns] as const)),
  [70, 257] as const, // more than one block of rows
  [3, 9001] as const, // rows longer than a block
];

describe.each(Object.entries(kernels))("%s", (name, { by, parameters }) => {
  it.each(["float32", "float64"] as const)("is the scalar engine's in %s, bit for bit", (dtype) => {
    for (const [rows, columns] of shapes) {
      const what = `${dtype} [${rows}, ${columns}]`;
      const expected = outcome(scalar, name, parameters(dtype, rows, columns));
      expect(outcome(wasm, name, parameters(dtype, rows, columns)), what).toEqual(expected);
    }
    expect(calls[`${by}${dtype === "float32" ? "Float32" : "Float64"}`]).toBeGreaterThan(0);
  });

  it("is the scalar engine's where memory can't grow", () => {
    const expected = outcome(scalar, name, parameters("float32", 3, 5));
    expect(outcome(wasmEngine(noRoom), name, parameters("float32", 3, 5))).toEqual(expected);
  });

  it("says NaN and infinities where the scalar engine does", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const spoilt = () => {
        const made = parameters("float32", 5, 7);
        for (const operand of made) if (typeof operand === "object") operand[4] = bad;
        return made;
      };
      expect(outcome(wasm, name, spoilt())).toEqual(outcome(scalar, name, spoilt()));
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
  expect(outcome(wasmEngine(noRoom), "matmul", parameters())).toEqual(expected);
});

it("exp is the scalar engine's where it ends, and where it is not finite", () => {
  const ends = [-745.1332191019412, -708.4, 0, 709.782712893384].flatMap((x) => [x - 1e-9, x, x + 1e-9]);
  const x = Float64Array.from([...ends, -0, -1e308, 1e308, Number.NaN, -1 / 0, 1 / 0, 1e-300, -1e-300, 1]);
  const [y, expected] = [new Float64Array(x.length), new Float64Array(x.length)];
  wasm.unary("exp", y, x);
  scalar.unary("exp", expected, x);
  expect(y).toEqual(expected);
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
  const large = { ...exports, memory: { ...noRoom.memory, grow }, matmulWorkspaceFloat32: () => -(2 ** 30) };
  wasmEngine(large).matmul(out, ones.subarray(0, 12), ones, 3, 4, 5, false, false, false);
  expect(grown).toEqual([(3 * 2 ** 30) / 65_536 + 1]);
  expect(out.every((sum) => sum === 4)).toBe(true);
});

it("every kernel that is not the scalar engine's is compared with it above", () => {
  const own = Object.entries(wasm).filter(([name, kernel]) => kernel !== scalar[name as keyof typeof scalar]);
  expect(own.map(([name]) => name).sort()).toEqual(["matmul", "name", ...Object.keys(kernels)].sort());
});

it("memory is taken once, and holds nothing from one call to the next", () => {
  const { memory } = module;
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
