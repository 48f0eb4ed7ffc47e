import type { StateDict } from "@handgrad/layers";
import { type AnyTensor, fromData } from "@handgrad/tensor";
import { quote } from "./bytes.js";
import type { AnyModel } from "./layer-spec.js";
import { fromPyTorch, toPyTorch } from "./library-states.js";
import { readNpz, writeNpz } from "./npz.js";
import { inLayoutOf, renamedSlots } from "./renamed-state.js";

/** What SGD and Adam keep for each parameter, and how PyTorch's optimisers call it. */
const KEPT = new Map([
  ["velocity", "momentum_buffer"],
  ["m", "exp_avg"],
  ["v", "exp_avg_sq"],
]);
const COUNTS = ["steps", "learning_rate"];

/**
 * A model and the state of its optimiser (SGD, Adam or AdamW, from its `stateDict()`) as an .npz file that NumPy and
 * PyTorch alone can read, for the program that {@link exportTorchrunScript} writes: `model/0.weight`,
 * `optimizer/0.weight/momentum_buffer`, `optimizer/steps`, `optimizer/learning_rate`.
 *
 * @throws Error for what another optimiser keeps, or a layer that is not of `@handgrad/layers`.
 */
export function writeTorchCheckpoint(model: AnyModel, optimizer: StateDict): Uint8Array {
  const arrays: Record<string, AnyTensor> = {};
  for (const [path, tensor] of Object.entries(toPyTorch(model))) arrays[`model/${path}`] = tensor;
  const slots = renamedSlots(model, "pytorch", "writeTorchCheckpoint");
  for (const [path, tensor] of Object.entries(optimizer)) {
    if (COUNTS.includes(path)) {
      arrays[`optimizer/${path}`] = tensor;
      continue;
    }
    const dot = path.lastIndexOf(".");
    const slot = slots.find(({ ownPath }) => ownPath === path.slice(0, dot));
    const kept = KEPT.get(path.slice(dot + 1));
    if (slot === undefined || kept === undefined) {
      throw new Error(`writeTorchCheckpoint: "${path}" must be of SGD, Adam or AdamW and of the model`);
    }
    arrays[`optimizer/${slot.path}/${kept}`] = inLayoutOf("pytorch", slot, tensor);
  }
  return writeNpz(arrays);
}

/**
 * Takes the model's part of a checkpoint into the model, and returns the optimiser's for its `loadStateDict`.
 * @throws FormatError for a damaged file; Error that names what is missing, extra or wrongly shaped.
 */
export function readTorchCheckpoint(file: Uint8Array, model: AnyModel): StateDict {
  const { tensors } = readNpz(file);
  const own = Object.fromEntries([...KEPT].map(([ours, theirs]) => [theirs, ours]));
  const slots = renamedSlots(model, "pytorch", "readTorchCheckpoint");
  const weights: Record<string, AnyTensor> = {};
  const optimizer: Record<string, AnyTensor> = {};
  for (const [name, tensor] of Object.entries(tensors)) {
    const [part, path, kept] = name.split("/");
    const slot = slots.find((candidate) => candidate.path === path);
    if (part === "model") weights[path] = tensor;
    else if (COUNTS.includes(path))
      optimizer[path] = fromData(Float64Array.from(tensor.data), tensor.shape as number[]);
    else if (slot && Object.hasOwn(own, kept))
      optimizer[`${slot.ownPath}.${own[kept]}`] = inLayoutOf("pytorch", slot, tensor);
    else throw new Error(`readTorchCheckpoint: ${quote(name)} is extra`);
  }
  fromPyTorch(model, weights);
  return optimizer;
}
