/**
 * The first page of the shared memory, by which threads agree on who does what. A job is a list of calls to the module's
 * functions. One word says which: a number that changes from job to job (12 bits), how many calls it has (10 bits), and
 * how many of them are taken (10 bits). To take one is to add 1 to that word if it is still what was read, so a thread
 * that comes late takes nothing, and a call's slot is read only while its job can't end.
 */

/** Index of that word among the page's int32 words. Each of these words has a cache line of its own. */
export const JOB = 16;
/** Calls of the job that are done. */
export const DONE = 32;
/** Workers that sleep until the first word changes. */
export const SLEEPERS = 48;
/** 1 once a call has thrown. */
export const FAILED = 64;
export const CONTROL_WORDS = 80;

/** Bits of a count of calls, and the most that a job has. */
export const COUNT_BITS = 10;
export const MAX_CALLS = 256;
/** Where the calls are, in bytes, and how many float64 each has: which function, then its parameters. */
export const SLOTS = 1024;
export const MAX_PARAMETERS = 23;
export const SLOT = 1 + MAX_PARAMETERS;
