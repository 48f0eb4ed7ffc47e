import type { StateDict } from "@handgrad/layers";
import type { AnyModel } from "./layer-spec.js";
import { fromLibrary, toLibrary } from "./renamed-state.js";

/**
 * The model's state dict as PyTorch has it for an `nn.Sequential` of the same layers: `"0.weight"` is [out, in], γ and β
 * are `weight` and `bias`, `pop_mean`, `pop_var` and `batches` are `running_mean`, `running_var` and
 * `num_batches_tracked`. Dropout's random state has no counterpart and is left out.
 *
 * @throws Error for a layer that is not of `@handgrad/layers`.
 */
export const toPyTorch = (model: AnyModel): StateDict => toLibrary(model, "pytorch", "toPyTorch");

/**
 * Takes a PyTorch state dict into the model; see {@link toPyTorch}. `num_batches_tracked` may have any dtype.
 * @throws Error that names each missing, extra and wrongly shaped or typed entry. Nothing is changed then.
 */
export const fromPyTorch = (model: AnyModel, saved: StateDict): void =>
  fromLibrary(model, saved, "pytorch", "fromPyTorch");

/**
 * The model's weights by Keras' names, each after the index of its layer in `model.layers`: `"0.kernel"` [in, out],
 * `"1.gamma"`, `"1.beta"`, `"1.moving_mean"`, `"1.moving_variance"`. Keras has no number of batches.
 *
 * @throws Error for a layer that is not of `@handgrad/layers`.
 */
export const toKeras = (model: AnyModel): StateDict => toLibrary(model, "keras", "toKeras");

/**
 * Takes weights by Keras' names into the model; see {@link toKeras}. `state.batches` and Dropout's random state stay.
 * @throws Error that names each missing, extra and wrongly shaped or typed entry. Nothing is changed then.
 */
export const fromKeras = (model: AnyModel, saved: StateDict): void =>
  fromLibrary(model, saved, "keras", "fromKeras");
