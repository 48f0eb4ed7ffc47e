import type { FaultEvidence } from "../diagnosis.js";

/** What a look at one habit of an implementation showed: nothing wrong, a fault, or why it could not be seen. */
export type Habit =
  | { readonly status: "absent" }
  | { readonly status: "present"; readonly evidence: FaultEvidence }
  | { readonly status: "not judged"; readonly why: string };

export const ABSENT: Habit = { status: "absent" };

export const notJudged = (why: string): Habit => ({ status: "not judged", why });

export const present = (evidence: FaultEvidence): Habit => ({ status: "present", evidence });
