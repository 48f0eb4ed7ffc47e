import type { FaultId } from "../catalogue.js";
import type { Mode } from "../implementation.js";
import { type ForwardModel, forwardFaults } from "../models/forward-model.js";
import {
  type AffineGradientModel,
  affineGradientFaults,
  betaGradientModels,
  describeGradient,
  type GradientModel,
  gammaGradientModels,
  gradientFaults,
  gradientModels,
  type NormalisedPasses,
} from "../models/gradient-model.js";
import {
  BY_BATCH,
  BY_RUNNING_PAIR,
  describeInverse,
  describeNormalisation,
  type Normalisation,
} from "../models/normalisation.js";
import type { ParsedRecord } from "../record.js";
import type { Part } from "./hypothesis.js";
import { misfitOf } from "./misfit.js";
import { passesOf, predictAffine, predictDx } from "./predict.js";

/** The formula of dx that belongs to a mode. */
export function rightDx(mode: Mode): GradientModel {
  const how = mode === "train" ? BY_BATCH : BY_RUNNING_PAIR;
  const term = mode === "train" ? "1/N" : "0";
  return { r: how, xHat: how, meanTerm: term, varianceTerm: term, gammaPower: 1, staged: false };
}

/**
 * Gradients of x to try after a forward pass, with what is wrong in each. Where y was not recorded, a wrong forward
 * pass is no more than a guess: then only the gradient that belongs to it is tried.
 */
export function namedDx(
  { pair, outputs }: ParsedRecord,
  mode: Mode,
  forward: ForwardModel,
): { readonly model: GradientModel; readonly faults: readonly FaultId[] }[] {
  const own = forward.normalisation;
  const guessed = outputs.y === undefined && forwardFaults(forward, mode).length > 0;
  return gradientModels(mode, own).flatMap((model) => {
    if (usesPair(model) && pair === undefined) return [];
    const faults = gradientFaults(model, mode, own, forward.gamma);
    if (faults === undefined) return [];
    if (guessed && (faults.length > 0 || model.r !== own || model.xHat !== own)) return [];
    return [{ model, faults }];
  });
}

/** Those gradients beside the recorded one. What does not fit a sample of a wide record is not tried on all of it. */
export function dxParts(
  record: ParsedRecord,
  mode: Mode,
  forward: ForwardModel,
  passes: NormalisedPasses,
  sample: ParsedRecord = record,
): Part[] {
  const { dy, outputs } = record;
  if (dy === undefined || outputs.dx === undefined) return [];
  const samplePasses = sample === record ? passes : passesOf(sample, passes.input.epsilon);
  return namedDx(record, mode, forward).map(({ model, faults }) => {
    const few = model.r.statistics === "row" ? undefined : misfitOfDx(sample, model, samplePasses);
    const misfit =
      few === undefined || (few.used <= 1 && sample !== record) ? misfitOfDx(record, model, passes) : few;
    return {
      quantity: "dx",
      formula: dxFormula(model),
      right: faults.length === 0 ? dxFormula(model) : dxFormula(rightDx(mode)),
      faults,
      misfit,
      dx: model,
    };
  });
}

/** dx of a record that has it and dy, beside a formula. */
export function misfitOfDx(
  { dy, outputs, precision }: ParsedRecord,
  model: GradientModel,
  passes: NormalisedPasses,
) {
  const { dx } = outputs;
  if (dy === undefined || dx === undefined) throw new Error("dx is compared where dy and dx are recorded");
  return misfitOf(dx, predictDx(model, passes, dy), precision);
}

/** The same for γ's and β's gradient. */
export function affineParts(
  record: ParsedRecord,
  quantity: "dgamma" | "dbeta",
  mode: Mode,
  forward: ForwardModel,
  passes: NormalisedPasses,
): Part[] {
  const { dy, outputs, precision } = record;
  const seen = outputs[quantity];
  if (dy === undefined || seen === undefined) return [];
  const own = forward.normalisation;
  const models = quantity === "dgamma" ? gammaGradientModels(mode, own) : betaGradientModels;
  const right: AffineGradientModel = {
    factor: quantity === "dbeta" ? "1" : rightDx(mode).xHat,
    averaged: false,
  };
  return models.flatMap((affine): Part[] => {
    if (!possible(affine.factor)) return [];
    const faults = affineGradientFaults(affine, own, quantity === "dgamma" ? forward.gamma : forward.beta);
    if (faults === undefined) return [];
    const formula = affineFormula(quantity, affine);
    return [
      {
        quantity,
        formula,
        right: faults.length === 0 ? formula : affineFormula(quantity, right),
        faults,
        misfit: misfitOf(seen, predictAffine(affine, passes, dy), precision),
        affine,
      },
    ];
  });
}

/** A running pair has no divisor that could be N − 1. */
function possible(factor: AffineGradientModel["factor"]): boolean {
  return typeof factor !== "object" || factor.statistics !== "running pair" || factor.divisor === "N";
}

function usesPair({ r, xHat }: GradientModel): boolean {
  return r.statistics === "running pair" || xHat.statistics === "running pair";
}

function dxFormula(model: GradientModel): string {
  const { meanTerm, varianceTerm, r, xHat } = model;
  const terms = [
    ...(varianceTerm === "0" ? [] : [`x̂ = ${describeNormalisation(xHat)}`]),
    `r = ${describeInverse(r)}`,
  ];
  if (meanTerm === "0" && varianceTerm === "0") {
    const gamma = ["", "γ·", "γ²·"][model.gammaPower];
    const numerator = ["dy", "dy·γ", "dy·γ²"][model.gammaPower];
    const inverse = describeInverse(r);
    return inverse.startsWith("1/") ? `dx = ${numerator}${inverse.slice(1)}` : `dx = ${gamma}${inverse}·dy`;
  }
  return `${describeGradient(model)} with ${terms.join(" and ")}`;
}

function affineFormula(quantity: "dgamma" | "dbeta", { factor, averaged }: AffineGradientModel): string {
  const name = quantity === "dgamma" ? "dγ" : "dβ";
  const terms: Readonly<Record<Exclude<AffineGradientModel["factor"], Normalisation>, string>> = {
    "0": "0",
    "1": "dy",
    x: "dy·x",
    "x − μ": "dy·(x − μ)",
  };
  const term = typeof factor === "object" ? "dy·x̂" : terms[factor];
  if (term === "0") return `${name} = 0`;
  const sum = averaged ? `mean(${term})` : `Σ ${term}`;
  return `${name} = ${sum}${typeof factor === "object" ? ` with x̂ = ${describeNormalisation(factor)}` : ""}`;
}
