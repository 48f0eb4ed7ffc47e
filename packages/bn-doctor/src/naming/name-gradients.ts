import type { FaultId } from "../catalogue.js";
import type { Gradients } from "../formulas.js";
import type { GuardedImplementation } from "../guarded-implementation.js";
import type { Mode } from "../implementation.js";
import {
  type AffineGradientModel,
  affineGradientFaults,
  affineGradientOf,
  betaGradientModels,
  dxOf,
  type GradientModel,
  gammaGradientModels,
  gradientFaults,
  gradientModels,
  NormalisedPasses,
} from "../models/gradient-model.js";
import type { Trial } from "../trials.js";
import { fits, simplest } from "./fits.js";
import type { NamedForward } from "./name-forward.js";
import { seeForward } from "./name-forward.js";

/** What is wrong with each gradient; undefined: it fits no known formula. */
export interface NamedGradients {
  readonly dx: { readonly model: GradientModel; readonly faults: readonly FaultId[] } | undefined;
  readonly dgamma: readonly FaultId[] | undefined;
  readonly dbeta: readonly FaultId[] | undefined;
}

/** Finds the formulas with the fewest faults that give the gradients of one mode, given what its forward pass does. */
export function nameGradients(
  implementation: GuardedImplementation,
  mode: Mode,
  trials: readonly Trial[],
  forward: NamedForward,
): NamedGradients {
  const { precision, abilities } = implementation;
  const own = forward.model.normalisation;
  const { gamma: gammaApplied, beta: betaApplied } = forward.model;
  const seen = trials.map((trial) => seeGradients(implementation, mode, trial, forward.epsilon));

  const dx = gradientModels(mode, own).flatMap((model) => {
    const faults = gradientFaults(model, mode, own, gammaApplied);
    const fit = seen.every(({ gradients, passes, dy }) =>
      fits(gradients.dx, dxOf(model, passes, dy), precision),
    );
    return fit && faults !== undefined ? [{ model, faults }] : [];
  });
  const affine = (
    name: "gammaGradient" | "betaGradient",
    models: readonly AffineGradientModel[],
    applied: boolean,
  ): readonly FaultId[] | undefined => {
    const matches = models.flatMap((model) => {
      const faults = affineGradientFaults(model, own, applied);
      const fit = seen.every(({ gradients, passes, dy }) =>
        fits(gradients[name], affineGradientOf(model, passes, dy), precision),
      );
      return fit && faults !== undefined ? [{ faults }] : [];
    });
    return simplest(matches)?.faults;
  };
  return {
    dx: simplest(dx),
    dgamma: abilities.dgamma ? affine("gammaGradient", gammaGradientModels(mode, own), gammaApplied) : [],
    dbeta: abilities.dbeta ? affine("betaGradient", betaGradientModels, betaApplied) : [],
  };
}

interface SeenGradients {
  readonly passes: NormalisedPasses;
  readonly dy: ArrayLike<number>;
  readonly gradients: Gradients;
}

function seeGradients(
  implementation: GuardedImplementation,
  mode: Mode,
  trial: Trial,
  epsilon: number,
): SeenGradients {
  return seeForward(implementation, mode, trial, ({ input }) => ({
    passes: new NormalisedPasses({ ...input, epsilon }),
    dy: trial.dy,
    gradients: implementation.backward(trial.dy, trial.rows),
  }));
}
