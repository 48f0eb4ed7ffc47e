import type { Curve } from "../evidence.js";

/**
 * Mean of a curve over the steps after `start`. Each point stands for the steps since the point before, so for a loss
 * that is averaged between points this is the mean over all those steps. The last point counts in any case.
 */
export function meanOverSteps(curve: Curve, start: number): number {
  let sum = 0;
  let steps = 0;
  let previous = 0;
  const end = curve[curve.length - 1][0];
  for (const [step, value] of curve) {
    if (step > start || step === end) {
      sum += (step - previous) * value;
      steps += step - previous;
    }
    previous = step;
  }
  return sum / steps;
}

/** The value at a step: that of the first point there or later, or else of the last. */
export function valueAt(curve: Curve, step: number): number {
  return (curve.find(([pointStep]) => pointStep >= step) ?? curve[curve.length - 1])[1];
}

/** The points after `start`; the last point where there are none. */
export function pointsAfter(curve: Curve, start: number): Curve {
  const points = curve.filter(([step]) => step > start);
  return points.length > 0 ? points : curve.slice(-1);
}
