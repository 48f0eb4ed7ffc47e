import { type AnyTensor, fromData } from "@handgrad/tensor";
import type { Dataset } from "./dataset.js";
import { parseIdx } from "./idx.js";

export interface IdxBytes {
  /** Of an IDX file of unsigned bytes [N, height, width]. */
  readonly images: Uint8Array;
  /** Of an IDX file of unsigned bytes [N]. */
  readonly labels: Uint8Array;
}

export interface IdxDatasetOptions {
  /** Number of classes; default 10, as in MNIST and Fashion-MNIST. */
  readonly classes?: number;
  /** What the files are called in messages; default `images` and `labels`. */
  readonly names?: { readonly images: string; readonly labels: string };
}

/**
 * The dataset of two unpacked IDX files, as those of MNIST and Fashion-MNIST: inputs [N, height·width], each byte/255
 * and so in [0, 1], and labels [N].
 * @throws RangeError for files that are no IDX files, cut off, mixed up, empty, of different counts, or with a label
 *   outside 0 to classes − 1.
 */
export function idxDataset(
  { images, labels }: IdxBytes,
  {
    classes = 10,
    names = { images: "idxDataset: images", labels: "idxDataset: labels" },
  }: IdxDatasetOptions = {},
): Dataset<number> {
  const pixels = requireBytes(names.images, parseIdx(images, names.images), 3, "images");
  const classOf = requireBytes(names.labels, parseIdx(labels, names.labels), 1, "labels");
  const [rows, height, width] = pixels.shape;
  if (rows === 0) throw new RangeError(`${names.images}: there is no image`);
  if (classOf.shape[0] !== rows) {
    throw new RangeError(
      `${names.labels} must have one label for each of the ${rows} images, got ${classOf.shape[0]}`,
    );
  }
  const wrong = classOf.data.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new RangeError(
      `${names.labels} must be classes from 0 to ${classes - 1}, got ${classOf.data[wrong]} in row ${wrong}`,
    );
  }
  return {
    inputs: fromData(
      Float32Array.from(pixels.data, (byte) => byte / 255),
      [rows, height * width],
    ),
    labels: fromData(Uint8Array.from(classOf.data), [rows]),
    classes,
  };
}

function requireBytes(name: string, found: AnyTensor, axes: 1 | 3, what: "images" | "labels"): AnyTensor {
  if (found.dtype === "uint8" && found.shape.length === axes) return found;
  const isOther = found.dtype === "uint8" && found.shape.length === (axes === 1 ? 3 : 1);
  const hint = isOther ? ` (these are ${what === "images" ? "labels" : "images"})` : "";
  throw new RangeError(
    `${name} must be unsigned bytes ${axes === 1 ? "[N]" : "[N, height, width]"}, ` +
      `got ${found.dtype} [${found.shape.join(", ")}]${hint}`,
  );
}
