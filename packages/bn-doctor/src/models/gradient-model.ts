import type { FaultId } from "../catalogue.js";
import type { Mode } from "../implementation.js";
import {
  BY_BATCH,
  BY_RUNNING_PAIR,
  type Normalisation,
  type Normalised,
  normalise,
  type PassInput,
} from "./normalisation.js";

/** dx = γᵖ·r·(dy − a·Σdy − b·x̂·Σ(dy·x̂)), right or wrong. */
export interface GradientModel {
  /** Whose r stands before the bracket. */
  readonly r: Normalisation;
  /** Whose x̂ stands inside. */
  readonly xHat: Normalisation;
  /** a; 0 leaves the term out. */
  readonly meanTerm: "0" | "1/N" | "1";
  /** b */
  readonly varianceTerm: "0" | "1/N" | "1" | "1/(N − 1)";
  /** p */
  readonly gammaPower: 0 | 1 | 2;
  /** The second x̂ has its own mean taken off: the staged derivation with constants in place of μ and σ². */
  readonly staged: boolean;
}

/** dγ or dβ as a sum over the batch, right or wrong. */
export interface AffineGradientModel {
  /** What dy is multiplied by for dγ. */
  readonly factor: Normalisation | "x" | "x − μ" | "1" | "0";
  readonly averaged: boolean;
}

/** Normalisations by the rows of one pass, each computed once. */
export class NormalisedPasses {
  readonly #known = new Map<string, Normalised>();
  readonly input: PassInput;

  constructor(input: PassInput) {
    this.input = input;
  }

  of(how: Normalisation): Normalised {
    const key = Object.values(how).join();
    const known = this.#known.get(key) ?? normalise(this.input, how);
    this.#known.set(key, known);
    return known;
  }
}

/** dx of a model, [rows, features] */
export function dxOf(model: GradientModel, passes: NormalisedPasses, dy: ArrayLike<number>): Float64Array {
  const { rows, features, gamma } = passes.input;
  const { r } = passes.of(model.r);
  const { xHat } = passes.of(model.xHat);
  // Statistics of a row depend on that row: the sums run along it, and γ stands inside them.
  const byRow = model.r.statistics === "row";
  const group = (i: number) => (byRow ? Math.floor(i / features) : i % features);
  const groups = byRow ? rows : features;
  const n = byRow ? features : rows;
  const scale = (i: number) => gamma[i % features] ** model.gammaPower;
  const inside = (i: number) => (byRow ? scale(i) : 1) * dy[i];
  const sums = {
    dy: new Float64Array(groups),
    dyXHat: new Float64Array(groups),
    xHat: new Float64Array(groups),
  };
  for (let i = 0; i < xHat.length; i++) {
    sums.dy[group(i)] += inside(i);
    sums.dyXHat[group(i)] += inside(i) * xHat[i];
    sums.xHat[group(i)] += xHat[i];
  }
  const weight = { "0": 0, "1/N": 1 / n, "1": 1, "1/(N − 1)": 1 / (n - 1) };
  const a = weight[model.meanTerm];
  const b = weight[model.varianceTerm];
  return xHat.map((xHat, i) => {
    const g = group(i);
    const second = model.staged ? xHat - sums.xHat[g] / n : xHat;
    const bracket = inside(i) - a * sums.dy[g] - (b === 0 ? 0 : b * second * sums.dyXHat[g]);
    return (byRow ? 1 : scale(i)) * r[i] * bracket;
  });
}

/** dγ or dβ of a model, [features] */
export function affineGradientOf(
  { factor, averaged }: AffineGradientModel,
  passes: NormalisedPasses,
  dy: ArrayLike<number>,
): Float64Array {
  const { x, rows, features } = passes.input;
  const gradient = new Float64Array(features);
  const centred = new Float64Array(features);
  for (let i = 0; i < dy.length; i++) centred[i % features] += x[i] / rows;
  const factorAt = (i: number): number => {
    if (factor === "x") return x[i];
    if (factor === "x − μ") return x[i] - centred[i % features];
    if (factor === "1" || factor === "0") return Number(factor);
    return passes.of(factor).xHat[i];
  };
  for (let i = 0; i < dy.length; i++) gradient[i % features] += (dy[i] * factorAt(i)) / (averaged ? rows : 1);
  return gradient;
}

/** All gradients of x that are told apart, for a forward pass that normalises as `own` does. */
export function gradientModels(mode: Mode, own: Normalisation): GradientModel[] {
  const bases =
    mode === "train"
      ? [own, BY_BATCH, withoutEpsilon(BY_BATCH), { ...BY_BATCH, divisor: "N − 1" } as const, BY_RUNNING_PAIR]
      : [own, BY_RUNNING_PAIR, withoutEpsilon(BY_RUNNING_PAIR), BY_BATCH];
  const models: GradientModel[] = [];
  for (const r of bases) {
    for (const xHat of r === own ? [own] : [r, own]) {
      for (const gammaPower of [1, 0, 2] as const) {
        for (const meanTerm of ["1/N", "0", "1"] as const) {
          for (const varianceTerm of ["1/N", "0", "1", "1/(N − 1)"] as const) {
            const model = { r, xHat, meanTerm, varianceTerm, gammaPower };
            models.push({ ...model, staged: false });
            if (varianceTerm === "1/N") models.push({ ...model, staged: true });
          }
        }
      }
    }
  }
  return models;
}

/** All gradients of γ that are told apart. */
export function gammaGradientModels(mode: Mode, own: Normalisation): AffineGradientModel[] {
  const right = mode === "train" ? BY_BATCH : BY_RUNNING_PAIR;
  const factors = [
    own,
    right,
    withoutEpsilon(right),
    { ...right, divisor: "N − 1" } as const,
    "x",
    "x − μ",
    "0",
  ] as const;
  return [false, true].flatMap((averaged) => factors.map((factor) => ({ factor, averaged })));
}

/** All gradients of β that are told apart. */
export const betaGradientModels: readonly AffineGradientModel[] = [
  { factor: "1", averaged: false },
  { factor: "1", averaged: true },
  { factor: "0", averaged: false },
];

function withoutEpsilon(how: Normalisation): Normalisation {
  return { ...how, denominator: "√v" };
}

const sameWay = (a: Normalisation, b: Normalisation) => Object.values(a).join() === Object.values(b).join();

/** What is wrong with a gradient of x, given how the forward pass normalises; undefined: it has no name. */
export function gradientFaults(
  model: GradientModel,
  mode: Mode,
  own: Normalisation,
  gammaApplied: boolean,
): FaultId[] | undefined {
  const { r, xHat, meanTerm, varianceTerm, gammaPower, staged } = model;
  const faults = new Set<FaultId>();
  if (gammaPower === 0 && gammaApplied) faults.add("gamma-missing-in-dx");
  if (gammaPower === 2) faults.add("gamma-squared-in-dx");
  const bases = varianceTerm === "0" ? [r] : [r, xHat];
  for (const base of bases) {
    if (base.denominator === "√v" && own.denominator !== "√v") faults.add("epsilon-missing-in-backward");
  }

  const constants = meanTerm === "0" && varianceTerm === "0";
  if (own.statistics === "running pair") {
    // The statistics are constants, whichever mode this is.
    if (constants) return r.statistics === "running pair" ? [...faults] : undefined;
    if (mode === "train") return sameWay(r, own) || sameWay(r, BY_BATCH) ? [...faults] : undefined;
    if (meanTerm === "1" || varianceTerm === "1") faults.add("sum-for-mean");
    if (meanTerm === "0") faults.add("gradient-ignores-mean");
    if (varianceTerm === "0") faults.add("gradient-ignores-variance");
    // With the whole training formula only; a part of it is another fault on top.
    return ["train-formula-in-eval", ...faults];
  }
  if (staged) return undefined;
  if (r.statistics === "running pair") {
    return constants && mode === "train" ? ["gradient-ignores-statistics", ...faults] : undefined;
  }
  if (constants) {
    // Eval takes whatever it normalises by for constant, and rightly so.
    if (mode === "train") faults.add("gradient-ignores-statistics");
  } else if (meanTerm === "0") faults.add("gradient-ignores-mean");
  else if (varianceTerm === "0") faults.add("gradient-ignores-variance");
  if (meanTerm === "1" || varianceTerm === "1") faults.add("sum-for-mean");
  const bessel = bases.some(({ divisor }) => divisor === "N − 1") || varianceTerm === "1/(N − 1)";
  if (bessel && own.divisor === "N") faults.add("bessel-in-backward");
  return [...faults];
}

/** What is wrong with a gradient of γ or β. */
export function affineGradientFaults(
  { factor, averaged }: AffineGradientModel,
  own: Normalisation,
  applied: boolean,
): FaultId[] | undefined {
  const faults: FaultId[] = averaged ? ["affine-gradient-averaged"] : [];
  if (factor === "0") return applied ? undefined : [];
  if (factor === "x" || factor === "x − μ") faults.push("dgamma-from-x");
  if (typeof factor === "object") {
    if (factor.denominator === "√v" && own.denominator !== "√v") faults.push("epsilon-missing-in-backward");
    if (factor.divisor === "N − 1" && own.divisor === "N") faults.push("bessel-in-backward");
  }
  return faults;
}

/** "dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂))" */
export function describeGradient({ meanTerm, varianceTerm, gammaPower, staged }: GradientModel): string {
  const gamma = ["", "γ·", "γ²·"][gammaPower];
  const mean = { "0": "", "1/N": " − mean(dy)", "1": " − Σ dy" }[meanTerm];
  const second = staged ? "(x̂ − mean(x̂))" : "x̂";
  const variance = {
    "0": "",
    "1/N": ` − ${second}·mean(dy·x̂)`,
    "1": ` − ${second}·Σ(dy·x̂)`,
    "1/(N − 1)": ` − ${second}·Σ(dy·x̂)/(N − 1)`,
  }[varianceTerm];
  return mean + variance === "" ? `dx = ${gamma}r·dy` : `dx = ${gamma}r·(dy${mean}${variance})`;
}
