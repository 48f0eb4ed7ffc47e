import type { Mode } from "./layer-like.js";

/** Share of a mode's elements that may be left out as kinks. */
export const KINK_LIMIT = 0.05;

/** One element of one gradient, and its numeric twin. */
export interface GradientElement {
  /** The parameter, or `dx`. */
  readonly name: string;
  readonly index: readonly number[];
  readonly mode: Mode;
  readonly analytic: number;
  readonly numeric: number;
  /** |analytic − numeric| */
  readonly error: number;
  /** How much of it the numeric derivative's own truncation and rounding can explain. */
  readonly explained: number;
  /** error / (atol + rtol·|numeric| + explained): up to 1 passes. */
  readonly used: number;
}

interface Tally {
  readonly elements: number;
  /** Elements outside the tolerance. */
  readonly outside: number;
  /** Elements left out because L has no derivative there. */
  readonly kinks: number;
  /** The element that used most of its tolerance. Undefined where none was compared. */
  readonly worst: GradientElement | undefined;
}

export interface TensorCheck extends Tally {
  /** The parameter, or `dx`. */
  readonly name: string;
}

export interface ModeCheck extends Tally {
  readonly mode: Mode;
  readonly pass: boolean;
  /** dx first, then the parameters in their order. */
  readonly tensors: readonly TensorCheck[];
  /** Names in `state` that forward changed. Batch norm in training does: no reason to fail. */
  readonly changedState: readonly string[];
}

export interface GradientCheck extends Tally {
  readonly pass: boolean;
  readonly modes: readonly ModeCheck[];
}

export function summarizeMode(
  mode: Mode,
  tensors: readonly TensorCheck[],
  changedState: readonly string[],
): ModeCheck {
  const tally = total(tensors);
  const pass = tally.outside === 0 && !hasTooManyKinks(tally) && !tensors.some(isUnchecked);
  return { mode, pass, ...tally, tensors, changedState };
}

export function summarize(modes: readonly ModeCheck[]): GradientCheck {
  return { pass: modes.every(({ pass }) => pass), ...total(modes), modes };
}

export function hasTooManyKinks({ kinks, elements }: Tally): boolean {
  return kinks > KINK_LIMIT * elements;
}

/** A tensor of which nothing but kinks was seen: a pass would say nothing about it. */
export function isUnchecked({ kinks, elements }: Tally): boolean {
  return elements > 0 && kinks === elements;
}

function total(parts: readonly Tally[]): Tally {
  return {
    elements: parts.reduce((sum, part) => sum + part.elements, 0),
    outside: parts.reduce((sum, part) => sum + part.outside, 0),
    kinks: parts.reduce((sum, part) => sum + part.kinks, 0),
    worst: worstOf(parts.map((part) => part.worst)),
  };
}

export function worstOf(elements: readonly (GradientElement | undefined)[]): GradientElement | undefined {
  let worst: GradientElement | undefined;
  for (const element of elements) {
    if (element !== undefined && element.used > (worst?.used ?? -1)) worst = element;
  }
  return worst;
}
