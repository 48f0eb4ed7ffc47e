import { BadInput } from "terminal";

/** How the doctor's own errors begin. Any other comes from a mistake in the doctor. */
const OWN = /^(diagnose|explain): /;

/** Runs `run`; what the doctor refuses becomes a {@link BadInput} that names the file. */
export function refusing<Result>(file: string, run: () => Result): Result {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Error && OWN.test(error.message))) throw error;
    throw new BadInput(`${file}: ${error.message.replace(OWN, "")}`);
  }
}
