import { type AnyTensor, clone, formatShape, fromData, sameShape } from "@handgrad/tensor";
import type { AnyLayer, Parameter, State } from "./layer.js";

/** Everything that a model must save, by path, as copies: `"1.gamma"`, `"1.pop_mean"`. */
export type StateDict = Readonly<Record<string, AnyTensor>>;

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Trained tensors by path, such as `"1.gamma"`: index of the layer, name of the parameter. */
export function collectParameters(layers: readonly AnyLayer[]): Record<string, Parameter> {
  const found: Record<string, Parameter> = {};
  for (const [index, { params }] of layers.entries()) {
    for (const [name, parameter] of Object.entries(params ?? {}))
      found[`${index}.${snakeCase(name)}`] = parameter;
  }
  return found;
}

interface Slot {
  /** The value as it is, not copied. */
  read(): AnyTensor;
  write(saved: AnyTensor): void;
}

const tensorSlot = (own: AnyTensor): Slot => ({
  read: () => own,
  write: (saved) => own.data.set(saved.data),
});

const numberSlot = (state: State, name: string): Slot => ({
  read: () => fromData(Float64Array.of(Number(state[name])), []),
  write: (saved) => {
    state[name] = saved.data[0];
  },
});

function slots(layers: readonly AnyLayer[]): Map<string, Slot> {
  const found = new Map<string, Slot>();
  for (const [path, { value }] of Object.entries(collectParameters(layers)))
    found.set(path, tensorSlot(value));
  for (const [index, layer] of layers.entries()) {
    const state: State = layer.state ?? {};
    for (const [name, held] of Object.entries(state)) {
      const slot = typeof held === "number" ? numberSlot(state, name) : tensorSlot(held);
      found.set(`${index}.${snakeCase(name)}`, slot);
    }
  }
  return found;
}

/** Copies of every parameter and every piece of state, by path; a number such as `batches` is a float64 scalar. */
export function readStateDict(layers: readonly AnyLayer[]): StateDict {
  return Object.fromEntries([...slots(layers)].map(([path, slot]) => [path, clone(slot.read())]));
}

/**
 * Writes `saved` into the layers. All of it is checked before any of it is written.
 * @throws Error that names each missing, extra and wrongly shaped or typed entry.
 */
export function writeStateDict(layers: readonly AnyLayer[], saved: StateDict): void {
  const own = slots(layers);
  const problems = Object.keys(saved)
    .filter((path) => !own.has(path))
    .map((path) => `"${path}" is extra`);
  for (const [path, slot] of own) {
    const entry = Object.hasOwn(saved, path) ? saved[path] : undefined;
    const wanted = slot.read();
    if (entry === undefined) problems.push(`"${path}" is missing`);
    // What JSON made of a typed array, say, would be no error below, and change nothing.
    else if (!Array.isArray(entry.shape) || !ArrayBuffer.isView(entry.data)) {
      problems.push(`"${path}" must be a tensor, its data a typed array`);
    } else if (!sameShape(entry.shape, wanted.shape)) {
      problems.push(`"${path}" must be ${formatShape(wanted.shape)}, got ${formatShape(entry.shape)}`);
    } else if (entry.dtype !== wanted.dtype) {
      problems.push(`"${path}" must be ${wanted.dtype}, got ${entry.dtype}`);
    }
  }
  if (problems.length > 0) throw new Error(`loadStateDict: ${problems.join("; ")}`);
  for (const [path, slot] of own) slot.write(saved[path]);
}
