import { BadInput, withGuest } from "terminal";
import { diagnose } from "../diagnose.js";
import type { Diagnosis } from "../diagnosis.js";
import { loadImplementation } from "./load-implementation.js";

/** How the doctor's own errors begin. Any other comes from a mistake in the doctor. */
const OWN = /^(diagnose|bn-doctor): /;

/**
 * Diagnoses the batch norm that a module exports.
 * @throws BadInput that names the file and what is wrong with it: a batch norm that throws is never healthy.
 */
export function check(file: string, strict: boolean): Promise<Diagnosis> {
  return withGuest("bn-doctor", file, async () => {
    const { implementation, declared } = await loadImplementation(file);
    try {
      return diagnose(implementation, { declared, strict });
    } catch (error) {
      if (!(error instanceof Error && OWN.test(error.message))) throw error;
      throw new BadInput(`${file}: ${error.message.replace(OWN, "")}`);
    }
  });
}
