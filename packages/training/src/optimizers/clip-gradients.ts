import type { Parameters } from "@handgrad/layers";
import { requirePositive } from "../require.js";

/**
 * Scales all gradients together, so that their norm ‖g‖ = √Σ g², over every element of every parameter, is at most
 * `maxNorm`: g ← g·min(1, maxNorm/(‖g‖ + 1e-6)), as PyTorch's `clip_grad_norm_`. The direction stays.
 * @returns ‖g‖ as it was. A gradient that is not finite makes it NaN or infinite; then nothing is scaled.
 * @throws RangeError unless maxNorm is a positive number.
 */
export function clipGradNorm(parameters: Parameters, maxNorm: number): number {
  requirePositive("clipGradNorm: maxNorm", maxNorm);
  const gradients = Object.values(parameters).map(({ grad }) => grad.data);
  let squares = 0;
  for (const gradient of gradients) {
    for (let i = 0; i < gradient.length; i++) squares += gradient[i] * gradient[i];
  }
  const norm = Math.sqrt(squares);
  const factor = maxNorm / (norm + 1e-6);
  if (factor < 1 && Number.isFinite(norm)) {
    for (const gradient of gradients) {
      for (let i = 0; i < gradient.length; i++) gradient[i] *= factor;
    }
  }
  return norm;
}

/**
 * Limits every element of every gradient to [−maxValue, maxValue], as PyTorch's `clip_grad_value_`; NaN stays NaN.
 * @throws RangeError unless maxValue is a positive number.
 */
export function clipGradValue(parameters: Parameters, maxValue: number): void {
  requirePositive("clipGradValue: maxValue", maxValue);
  for (const { grad } of Object.values(parameters)) {
    const gradient = grad.data;
    for (let i = 0; i < gradient.length; i++) {
      gradient[i] = Math.min(maxValue, Math.max(-maxValue, gradient[i]));
    }
  }
}
