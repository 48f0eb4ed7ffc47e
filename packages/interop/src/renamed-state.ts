import type { StateDict } from "@handgrad/layers";
import {
  type AnyTensor,
  type FloatDType,
  formatShape,
  fromData,
  type Matrix,
  sameShape,
  transpose,
} from "@handgrad/tensor";
import { quote } from "./bytes.js";
import { type AnyModel, dtypeOf, type Slot, slotsOf, specsOf } from "./layer-spec.js";

/** Whose names: `"0.weight"` is `"0.weight"` in PyTorch and `"0.kernel"` in Keras. */
export type Library = "pytorch" | "keras";

interface Renamed extends Slot {
  readonly ownPath: string;
  readonly path: string;
}

/** Every tensor of the model that the library has, too, by both names. */
export const renamedSlots = (model: AnyModel, library: Library, where: string): Renamed[] =>
  specsOf(model, where).flatMap((spec, index) =>
    slotsOf(spec).flatMap((slot) => {
      const name = slot[library];
      return name === undefined
        ? []
        : [{ ...slot, ownPath: `${index}.${slot.ours}`, path: `${index}.${name}` }];
    }),
  );

const turned = (tensor: AnyTensor): AnyTensor => transpose(tensor as Matrix<number, number, FloatDType>);

/** Between ours and the library's layout, in either direction. */
export const inLayoutOf = (library: Library, { transposedInPyTorch }: Slot, tensor: AnyTensor): AnyTensor =>
  library === "pytorch" && transposedInPyTorch ? turned(tensor) : tensor;

/** The model's tensors by the library's names and in its layout. */
export function toLibrary(model: AnyModel, library: Library, where: string): StateDict {
  const slots = renamedSlots(model, library, where);
  const own = model.stateDict();
  const entries = slots.map((slot) => [slot.path, inLayoutOf(library, slot, own[slot.ownPath])]);
  return Object.fromEntries(entries);
}

/**
 * Takes tensors by the library's names into the model. What the library does not have stays as it is.
 * @throws Error that names each missing, extra and wrongly shaped or typed tensor.
 */
export function fromLibrary(model: AnyModel, saved: StateDict, library: Library, where: string): void {
  const slots = renamedSlots(model, library, where);
  const known = new Set(slots.map(({ path }) => path));
  const problems = Object.keys(saved)
    .filter((path) => !known.has(path))
    .map((path) => `${quote(path)} is extra`);
  const loaded: Record<string, AnyTensor> = { ...model.stateDict() };
  for (const slot of slots) {
    const { path, ownPath, shape, dtype } = slot;
    const entry = Object.hasOwn(saved, path) ? saved[path] : undefined;
    const wanted = library === "pytorch" && slot.transposedInPyTorch ? [...shape].reverse() : shape;
    if (entry === undefined) problems.push(`"${path}" is missing`);
    else if (!Array.isArray(entry.shape) || !ArrayBuffer.isView(entry.data)) {
      problems.push(`"${path}" must be a tensor, its data a typed array`);
    } else if (!sameShape(entry.shape, wanted)) {
      problems.push(`"${path}" must be ${formatShape(wanted)}, got ${formatShape(entry.shape)}`);
    } else if (dtype === "float64") {
      // A count, whose dtype depends on the file format.
      loaded[ownPath] = fromData(Float64Array.from(entry.data), shape as number[]);
    } else if (entry.dtype !== dtypeOf(model)) {
      problems.push(`"${path}" must be ${dtypeOf(model)}, got ${entry.dtype}`);
    } else loaded[ownPath] = inLayoutOf(library, slot, entry);
  }
  if (problems.length > 0) throw new Error(`${where}: ${problems.join("; ")}`);
  model.loadStateDict(loaded);
}
