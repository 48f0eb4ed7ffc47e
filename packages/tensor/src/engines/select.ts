import type { Kernels } from "./kernels.js";
import { scalar } from "./scalar.js";

/** The engine that does the arithmetic. */
export const kernels = (): Kernels => scalar;
