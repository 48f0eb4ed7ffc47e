import { type Tolerance, toleranceUsed } from "./compare.js";
import { type GradientElement, type TensorCheck, worstOf } from "./gradient-check.js";
import { multiIndex } from "./indices.js";
import type { Mode } from "./layer-like.js";
import { measureSlope, type Reading } from "./slope.js";

/** Numbers that can be moved in place, and the gradient that backward gave for them. */
export interface Leaf {
  /** The parameter, or `dx`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
  readonly analytic: Float64Array;
}

/** L = Σ dy·y as a function of whatever the leaves hold. */
export interface Loss {
  readonly mode: Mode;
  readonly dy: Float64Array;
  /** y where nothing has been moved. */
  readonly base: Float64Array;
  /** y for the numbers that the leaves hold now, in an array of its own. */
  output(): Float64Array;
}

/** Moves each number of the leaf in turn, puts it back, and compares the slope seen with the analytic one. */
export function checkLeaf(
  { name, shape, values, analytic }: Leaf,
  loss: Loss,
  tolerance: Tolerance,
): TensorCheck {
  const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const compared: GradientElement[] = [];
  values.forEach((value, position) => {
    const read = (h: number) => {
      values[position] = value + h;
      const above = loss.output();
      values[position] = value - h;
      const below = loss.output();
      values[position] = value;
      return readingOf(loss, above, below, value + h - value, value - (value - h));
    };
    const slope = measureSlope(scale, read, tolerance);
    if (slope === undefined) return;

    const { value: numeric, explained } = slope;
    const bound = { atol: tolerance.atol + explained, rtol: tolerance.rtol };
    compared.push({
      name,
      index: multiIndex(position, shape),
      mode: loss.mode,
      analytic: analytic[position],
      numeric,
      error: Math.abs(analytic[position] - numeric),
      explained,
      used: toleranceUsed(analytic[position], numeric, bound),
    });
  });
  return {
    name,
    elements: values.length,
    outside: compared.filter(({ used }) => used > 1).length,
    kinks: values.length - compared.length,
    worst: worstOf(compared),
  };
}

/** The outputs are subtracted before they are summed: those that do not depend on the number then add no rounding. */
function readingOf(
  { dy, base }: Loss,
  above: Float64Array,
  below: Float64Array,
  up: number,
  down: number,
): Reading {
  let rise = 0;
  let fall = 0;
  let size = 0;
  for (let i = 0; i < dy.length; i++) {
    rise += dy[i] * (above[i] - base[i]);
    fall += dy[i] * (base[i] - below[i]);
    size += Math.abs(dy[i]) * Math.max(Math.abs(above[i]), Math.abs(below[i]));
  }
  return {
    slope: (rise + fall) / (up + down),
    jump: rise / up - fall / down,
    rounding: (Number.EPSILON * size) / Math.min(up, down),
  };
}
