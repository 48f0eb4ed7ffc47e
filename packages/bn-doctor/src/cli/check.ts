import { withGuest } from "terminal";
import { diagnose } from "../diagnose.js";
import type { Diagnosis } from "../diagnosis.js";
import { loadImplementation } from "./load-implementation.js";
import { refusing } from "./own-errors.js";

/**
 * Diagnoses the batch norm that a module exports.
 * @throws BadInput that names the file and what is wrong with it: a batch norm that throws is never healthy.
 */
export function check(file: string, strict: boolean): Promise<Diagnosis> {
  return withGuest("bn-doctor", file, async () => {
    const { implementation, declared } = await loadImplementation(file);
    return refusing(file, () => diagnose(implementation, { declared, strict }));
  });
}
