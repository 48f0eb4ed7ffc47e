import type { Check } from "./check.js";
import type { FaultFinding } from "./diagnosis.js";

/** A fault of the catalogue, found in one layer. */
export interface LayerFault extends FaultFinding {
  /** "layer 1 (BatchNorm)" */
  readonly layer: string;
}

export interface Verdict {
  /** True when no check failed, and no fault is present but `fragile` ones. */
  readonly healthy: boolean;
  readonly checks: readonly Check[];
  /** Every fault that is present, `fragile` ones included. */
  readonly faults: readonly LayerFault[];
}
