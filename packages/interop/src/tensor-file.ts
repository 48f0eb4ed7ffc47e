import type { StateDict } from "@handgrad/layers";

/** Tensors by name, and texts by name, as a file holds them. Neither has a prototype, so `constructor` is just a name. */
export interface TensorFile {
  readonly tensors: StateDict;
  readonly metadata: Readonly<Record<string, string>>;
}
