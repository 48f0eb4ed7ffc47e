import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { FormatError, readModel, writeModel } from "@handgrad/interop";
import { Sequential } from "@handgrad/layers";
import { CLASSES, type Model, type Network, ObservedActivation, ObservedBatchNorm } from "laboratory";
import { BadInput, codeOf, userPath, writeWhole } from "terminal";
import type { Settings } from "../run/settings.js";

/** Checks before the training that the file can be written after it. @throws BadInput where not. */
export function requireWritable(flag: string, file: string): void {
  const path = userPath(file);
  try {
    accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    throw new BadInput(
      `${flag} must be a file in a folder that can be written to, got "${file}" (${codeOf(error)})`,
    );
  }
  if (existsSync(path) && !statSync(path).isFile()) {
    throw new BadInput(`${flag} must be a file, got "${file}", which is something else`);
  }
}

/** Writes the file whole or not at all, and returns its path. @throws BadInput where that fails. */
export const writeFile = (file: string, content: Uint8Array | string): string =>
  writeWhole(userPath(file), content);

/** @throws BadInput that names the file. */
export function readFile(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(userPath(file)));
  } catch (error) {
    throw new BadInput(
      codeOf(error) === "ENOENT"
        ? `${file}: there is no such file`
        : `${file}: cannot be read (${codeOf(error)})`,
    );
  }
}

/** Weights, running pairs and layers as one safetensors file, with the settings of the run in its metadata. */
export function saveModel(file: string, { model }: Network, settings: Settings): string {
  const layers = model.layers.map((layer) =>
    layer instanceof ObservedBatchNorm || layer instanceof ObservedActivation ? layer.layer : layer,
  );
  const metadata = { "mnist-train.settings": JSON.stringify(settings) };
  return writeFile(file, writeModel(new Sequential(...layers) as Model, { metadata }));
}

/** @throws BadInput for a file that is damaged, or whose model does not have ten classes in float32. */
export function loadModel(file: string): Model {
  try {
    const { model } = readModel(readFile(file));
    const wide = model.layers.filter(({ outWidth }) => outWidth !== undefined);
    const [first, last] = [wide[0], wide.at(-1)];
    if (first?.dtype !== "float32" || last?.outWidth !== CLASSES) {
      throw new BadInput(`${file}: must be a model that gives ${CLASSES} classes in float32`);
    }
    return model as Model;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new BadInput(`${file}: ${error.message.replace(/^read\w+: /, "")}`);
  }
}
