import { type ForwardModel, forwardOf } from "../models/forward-model.js";
import {
  type AffineGradientModel,
  affineGradientOf,
  dxOf,
  type GradientModel,
  NormalisedPasses,
} from "../models/gradient-model.js";
import type { Normalisation, PassInput } from "../models/normalisation.js";
import type { ParsedRecord } from "../record.js";
import type { Prediction } from "./misfit.js";

/** The record's pass at an ε. Without a running pair no model that needs one may be asked. */
export function passesOf(
  { x, rows, features, gamma, beta, pair }: ParsedRecord,
  epsilon: number,
): NormalisedPasses {
  const none = new Float64Array(features).fill(Number.NaN);
  const popMean = pair?.mean ?? none;
  const popVar = pair?.variance ?? none;
  return new NormalisedPasses({ x, rows, features, gamma, beta, popMean, popVar, epsilon });
}

export function predictY(model: ForwardModel, passes: NormalisedPasses): Prediction {
  const { input } = passes;
  const { r, ofX } = sizesOf(model.normalisation, passes);
  const values = forwardOf(model, input);
  const largest = maxima(values, input.features);
  const gamma = magnitude(model.gamma ? input.gamma : undefined, input.features);
  return {
    values,
    size: largest.map((size, c) => Math.max(size, Math.abs(model.beta ? input.beta[c] : 0))),
    ofX: r.map((r, c) => gamma[c] * r * ofX[c]),
  };
}

/**
 * With one row or two, dx in training is a tiny rest of terms that cancel: rounding is a share of the terms, γ·r·dy,
 * and not of what is left of them.
 */
export function predictDx(model: GradientModel, passes: NormalisedPasses, dy: Float64Array): Prediction {
  const { features, gamma } = passes.input;
  const { r, ofX } = sizesOf(model.r, passes);
  const xHat = maxima(passes.of(model.xHat).xHat, features);
  const largestDy = maxima(dy, features);
  const values = dxOf(model, passes, dy);
  const largest = maxima(values, features);
  const terms = r.map((r, c) => Math.abs(gamma[c]) ** model.gammaPower * r * largestDy[c]);
  const sizes = terms.map((term, c) => Math.max(term, largest[c]));
  // Along a row every feature enters every other.
  const size = model.r.statistics === "row" ? sizes.fill(Math.max(...sizes)) : sizes;
  return { values, size, ofX: terms.map((term, c) => term * (1 + xHat[c]) * r[c] * ofX[c]) };
}

export function predictAffine(
  model: AffineGradientModel,
  passes: NormalisedPasses,
  dy: Float64Array,
): Prediction {
  const { features } = passes.input;
  const { factor } = model;
  const values = affineGradientOf(model, passes, dy);
  const dySum = new Float64Array(features);
  dy.forEach((value, i) => {
    dySum[i % features] += Math.abs(value);
  });
  if (typeof factor === "object") {
    const { r, ofX } = sizesOf(factor, passes);
    const xHat = maxima(passes.of(factor).xHat, features);
    return {
      values,
      size: dySum.map((sum, c) => sum * xHat[c]),
      ofX: dySum.map((sum, c) => sum * r[c] * ofX[c]),
    };
  }
  const x = maxima(passes.input.x, features);
  const scaled = factor === "x" || factor === "x − μ";
  return {
    values,
    size: dySum.map((sum, c) => (scaled ? sum * x[c] : sum)),
    ofX: new Float64Array(features),
  };
}

/** Per feature: the largest r, and the size of what x − mean is rounded by. */
function sizesOf(how: Normalisation, passes: NormalisedPasses): { r: Float64Array; ofX: Float64Array } {
  const { x, rows, features, popMean } = passes.input;
  const largest = maxima(x, features);
  const ofX = largest.map((size, c) => {
    if (how.statistics === "running pair") return Math.max(size, Math.abs(popMean[c]));
    // The mean of one number is that number.
    return how.statistics === "batch" && rows === 1 ? 0 : size;
  });
  return { r: maxima(passes.of(how).r, features), ofX };
}

/** max |value| of each feature */
function maxima(values: ArrayLike<number>, features: number): Float64Array {
  const largest = new Float64Array(features);
  for (let i = 0; i < values.length; i++) {
    largest[i % features] = Math.max(largest[i % features], Math.abs(values[i]));
  }
  return largest;
}

function magnitude(values: PassInput["gamma"] | undefined, features: number): Float64Array {
  return Float64Array.from({ length: features }, (_, c) => (values === undefined ? 1 : Math.abs(values[c])));
}
