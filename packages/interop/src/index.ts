export { FormatError } from "./format-error.js";
export { readNpy, writeNpy } from "./npy.js";
export { type NpzOptions, readNpz, writeNpz } from "./npz.js";
export { readSafetensors, writeSafetensors } from "./safetensors.js";
export type { TensorFile } from "./tensor-file.js";
