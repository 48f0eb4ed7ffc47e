import type { Diagnosis } from "./diagnosis.js";
import { examine } from "./examine.js";
import { GuardedImplementation, ImplementationError } from "./guarded-implementation.js";
import type { BatchNormImplementation, Declaration } from "./implementation.js";
import {
  type BatchNormLayerLike,
  declarationOf,
  isLayer,
  keepingGradients,
  layerImplementation,
} from "./layer-implementation.js";
import { validateDeclaration, validateImplementation, validateLayer } from "./validate-implementation.js";

export interface DiagnoseOptions {
  /** What the implementation promises; what is left out is found, and not held against it. */
  readonly declared?: Partial<Declaration>;
  /** Counts `fragile` faults, too. */
  readonly strict?: boolean;
}

/**
 * Finds out what is wrong with a batch norm, and names it. Inputs are chosen so that each fault of the catalogue gives
 * other numbers than a correct implementation; output, gradients and running pair are held against the formulas within
 * what rounding in the implementation's own precision explains. A layer of this project declares its own convention.
 * The implementation is left as it was, but for the cache of its last forward pass.
 *
 * @throws Error when the implementation lacks something it must have, throws, or gives back the wrong thing; the
 * message names the call or the field.
 */
export function diagnose(
  implementation: BatchNormImplementation | BatchNormLayerLike,
  { declared = {}, strict = false }: DiagnoseOptions = {},
): Diagnosis {
  validateDeclaration(declared, "diagnose: declared");
  if (!isLayer(implementation)) return diagnoseNumbers(implementation, declared, strict);
  validateLayer(implementation, "diagnose: implementation");
  const promised = { ...declarationOf(implementation), ...declared };
  return keepingGradients(implementation, () =>
    diagnoseNumbers(layerImplementation(implementation), promised, strict),
  );
}

function diagnoseNumbers(
  implementation: BatchNormImplementation,
  declared: Partial<Declaration>,
  strict: boolean,
): Diagnosis {
  validateImplementation(implementation, "diagnose: implementation");
  const examination = examined(implementation, declared);
  const counts = examination.faults.filter(
    ({ grade, status }) => status === "present" && (strict || grade !== "fragile"),
  );
  const failed = examination.checks.some(({ passed }) => passed === false);
  return { healthy: !failed && examination.unexplained.length === 0 && counts.length === 0, ...examination };
}

function examined(implementation: BatchNormImplementation, declared: Partial<Declaration>) {
  try {
    const { failure, ...examination } = examine(new GuardedImplementation(implementation), declared);
    if (failure !== undefined) throw failure;
    return examination;
  } catch (error) {
    if (!(error instanceof ImplementationError)) throw error;
    throw new Error(`diagnose: ${error.message}`, { cause: error });
  }
}
