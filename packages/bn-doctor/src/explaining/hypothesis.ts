import type { FaultId } from "../catalogue.js";
import type { Declaration, Mode } from "../implementation.js";
import type { ForwardModel } from "../models/forward-model.js";
import type { AffineGradientModel, GradientModel } from "../models/gradient-model.js";
import type { Quantity } from "../record.js";
import type { Misfit } from "./misfit.js";

/** A formula for one recorded quantity, beside what was recorded. */
export interface Part {
  readonly quantity: Quantity;
  /** "dx = γ·r·dy with r = 1/√(popVar + ε)" */
  readonly formula: string;
  /** What it should be in this mode; the same text where nothing is wrong. */
  readonly right: string;
  readonly faults: readonly FaultId[];
  readonly misfit: Misfit;
  readonly dx?: GradientModel;
  readonly affine?: AffineGradientModel;
}

/** How the running pair moved. */
export interface Update {
  readonly faults: readonly FaultId[];
  readonly decay: number | null;
  readonly runningVariance: Declaration["runningVariance"] | null;
  readonly parts: readonly Part[];
}

/** One combination of mode, ε and formulas that may have made a record. */
export interface Hypothesis {
  readonly mode: Mode;
  readonly epsilon: number;
  /** How likely somebody wrote this ε. */
  readonly rank: number;
  readonly forward: ForwardModel;
  readonly update: Update | undefined;
  readonly parts: readonly Part[];
  readonly faults: readonly FaultId[];
}

/** A fault each, once. */
export const union = (...sets: readonly (readonly FaultId[])[]): FaultId[] => [...new Set(sets.flat())];

/** Whether everything in `part` is in `whole`. */
export const within = (part: readonly FaultId[], whole: readonly FaultId[]): boolean =>
  part.every((id) => whole.includes(id));

/** Those that have no more faults than they need: nothing fits with a part of them. The first of equals. */
export function minimal<Item extends { readonly faults: readonly FaultId[] }>(
  items: readonly Item[],
): Item[] {
  return items.filter(
    ({ faults }, i) =>
      !items.some(
        (other, j) => within(other.faults, faults) && (other.faults.length < new Set(faults).size || j < i),
      ),
  );
}
