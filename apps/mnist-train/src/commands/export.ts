import { basename, extname, join } from "node:path";
import { exportPyTorchModule, toPyTorch, writeNpz, writeOnnx, writeSafetensors } from "@handgrad/interop";
import type { Model } from "laboratory";
import { loadModel, requireWritable, writeFile } from "./saved-model.js";

/** The files of each format, by what follows the saved model's name. */
const formats = {
  onnx: (model: Model) => ({ ".onnx": writeOnnx(model) }),
  safetensors: (model: Model) => ({ ".pytorch.safetensors": writeSafetensors(toPyTorch(model)) }),
  pytorch: (model: Model) => ({ ".py": exportPyTorchModule(model), ".npz": writeNpz(toPyTorch(model)) }),
} as const satisfies Readonly<
  Record<string, (model: Model) => Readonly<Record<string, Uint8Array | string>>>
>;

export type ExportFormat = keyof typeof formats;
export const exportFormats = Object.keys(formats) as ExportFormat[];

export interface ExportOptions {
  readonly model: string;
  readonly format: ExportFormat;
  /** Folder for the files. */
  readonly out: string;
}

/** Writes the saved model in another format, and returns where. */
export function exportModel({ model: file, format, out }: ExportOptions): string {
  const model = loadModel(file);
  const name = basename(file, extname(file));
  requireWritable("--out", join(out, name));
  const paths = Object.entries(formats[format](model)).map(([extension, content]) =>
    writeFile(join(out, name + extension), content),
  );
  return `Written:\n${paths.map((path) => `  ${path}\n`).join("")}`;
}
