export { checkGradients, GRADIENT_TOLERANCE, type GradientCheckOptions } from "./check-gradients.js";
export {
  type Comparison,
  type ComparisonOptions,
  compareNumbers,
  type Tolerance,
  type WorstElement,
} from "./compare.js";
export { formatGradientCheck } from "./format.js";
export type { GradientCheck, GradientElement, ModeCheck, TensorCheck } from "./gradient-check.js";
export type { LayerLike, Mode, ParameterLike, TensorLike } from "./layer-like.js";
