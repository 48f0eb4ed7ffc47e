import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Random } from "@handgrad/tensor";

/** The four bytes of an unsigned integer. */
const bigEndian = (value: number): number[] => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255);

/** An IDX file of unsigned bytes. */
export const idxFile = (shape: readonly number[], data: ArrayLike<number>): Uint8Array =>
  Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap(bigEndian), ...Array.from(data)]);

/** The names under which MNIST and Fashion-MNIST come. */
export type IdxName = `${"train" | "t10k"}-${"images-idx3" | "labels-idx1"}-ubyte`;

const ROWS = { train: 200, t10k: 40 };

/** Four files of images of 6 × 5 pixels: noise with a bright pixel that tells the class. */
export function idxFiles(): Record<IdxName, Uint8Array> {
  const rng = new Random(1);
  const images = (rows: number) => {
    const noise = Array.from({ length: rows * 30 }, () => rng.integer(100));
    for (let row = 0; row < rows; row++) noise[30 * row + (row % 10)] = 255;
    return idxFile([rows, 6, 5], noise);
  };
  const labels = (rows: number) =>
    idxFile(
      [rows],
      Array.from({ length: rows }, (_, row) => row % 10),
    );
  return {
    "train-images-idx3-ubyte": images(ROWS.train),
    "train-labels-idx1-ubyte": labels(ROWS.train),
    "t10k-images-idx3-ubyte": images(ROWS.t10k),
    "t10k-labels-idx1-ubyte": labels(ROWS.t10k),
  };
}

/** Writes the files into a new folder, plain or gzipped, and returns the folder. */
export function writeIdxFolder(
  folder: string,
  files: Readonly<Partial<Record<IdxName, Uint8Array>>> = {},
  { gzip = false } = {},
): string {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries({ ...idxFiles(), ...files })) {
    writeFileSync(join(folder, gzip ? `${name}.gz` : name), gzip ? gzipSync(bytes) : bytes);
  }
  return folder;
}
