import type { TensorLike } from "@handgrad/gradcheck";

/** Arrays of arrays of numbers, to any depth. */
export type NestedNumbers = readonly (number | NestedNumbers)[];

/** Numbers in any of the forms that tests have them in. */
export type NumbersLike = number | ArrayLike<number> | NestedNumbers | TensorLike;

export interface FlatNumbers {
  /** Row-major. */
  readonly numbers: ArrayLike<number>;
  /** A tensor's own, that of nested arrays, or [] for one number. A flat array stands for any shape: undefined. */
  readonly shape: readonly number[] | undefined;
  /** Whether the numbers have been rounded to float32. */
  readonly isFloat32: boolean;
}

/** @throws TypeError for anything else, also for nested arrays whose rows are not alike. */
export function flatten(value: NumbersLike): FlatNumbers {
  if (typeof value === "number") return { numbers: [value], shape: [], isFloat32: false };
  if (typeof value === "object" && value !== null) {
    if ("data" in value && "shape" in value) {
      const { data, shape } = value;
      return { numbers: data, shape, isFloat32: data instanceof Float32Array };
    }
    if (isNested(value)) return flattenNested(value);
    if ("length" in value) {
      return { numbers: value, shape: undefined, isFloat32: value instanceof Float32Array };
    }
  }
  throw new TypeError(`toBeAllClose: takes tensors, arrays and numbers, got ${String(value)}`);
}

function flattenNested(value: NestedNumbers): FlatNumbers {
  const shape: number[] = [];
  for (let level: NestedNumbers[number] = value; isNested(level); level = level[0]) shape.push(level.length);
  const numbers: number[] = [];
  const visit = (level: NestedNumbers[number], axis: number) => {
    if (axis === shape.length && typeof level === "number") {
      numbers.push(level);
    } else if (axis < shape.length && isNested(level) && level.length === shape[axis]) {
      for (const inner of level) visit(inner, axis + 1);
    } else {
      throw new TypeError(
        `toBeAllClose: nested arrays must be even, like their first rows: [${shape.join(", ")}]`,
      );
    }
  };
  visit(value, 0);
  return { numbers, shape: shape.length > 1 ? shape : undefined, isFloat32: false };
}

function isNested(value: NumbersLike): value is NestedNumbers {
  return Array.isArray(value);
}
