import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzip } from "./gunzip.js";
import { type IdxDatasetOptions, idxDataset } from "./idx-dataset.js";
import type { Split } from "./split.js";

/** The names under which MNIST and Fashion-MNIST come, plain or gzipped. */
const namesOf = (part: "train" | "t10k", what: "images-idx3" | "labels-idx1"): readonly string[] =>
  [`${part}-${what}-ubyte`, `${part}-${what.replace("-", ".")}-ubyte`].flatMap((name) => [
    name,
    `${name}.gz`,
  ]);

/** The bytes of the first of `names` that is in `folder`, unpacked. */
async function readFirst(folder: string, names: readonly string[]) {
  const path = names.map((name) => join(folder, name)).find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`readIdxFolder: ${folder} has none of ${names.join(", ")}`);
  const bytes = await readFile(path);
  return { path, bytes: path.endsWith(".gz") ? await gunzip(bytes, path) : bytes };
}

/**
 * MNIST, Fashion-MNIST or a dataset of the same form, from a folder with its four IDX files under the names that they
 * come with (`train-images-idx3-ubyte` or `train-images.idx3-ubyte`, each plain or `.gz`): inputs [N, height·width] in
 * [0, 1] and labels from 0 to `classes` − 1 (default 10). See `idxDataset`.
 * @throws Error that names the files which are missing, RangeError for one that is not what its name says.
 */
export async function readIdxFolder(
  folder: string,
  { classes = 10 }: Pick<IdxDatasetOptions, "classes"> = {},
): Promise<Split<number, "float32">> {
  const read = async (part: "train" | "t10k") => {
    const images = await readFirst(folder, namesOf(part, "images-idx3"));
    const labels = await readFirst(folder, namesOf(part, "labels-idx1"));
    const names = { images: images.path, labels: labels.path };
    return idxDataset({ images: images.bytes, labels: labels.bytes }, { classes, names });
  };
  return { train: await read("train"), test: await read("t10k") };
}
