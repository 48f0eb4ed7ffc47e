/** What the command ends with; 2 is bad input, which `runCommand` says. */
export const HEALTHY = 0;
export const UNHEALTHY = 1;
export const INTERRUPTED = 130;
