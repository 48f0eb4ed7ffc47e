import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readIdxFolder } from "./node.js";
import { idxFile, images, labels } from "./test-idx.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "handgrad-idx-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const write = (files: Readonly<Record<string, Uint8Array>>) => {
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
};

const test = { images: idxFile([1, 2, 2], [1, 2, 3, 4]), labels: idxFile([1], [5]) };

describe("readIdxFolder", () => {
  it("reads the names that MNIST and Fashion-MNIST come with, plain, gzipped and mixed", async () => {
    const expected = {
      train: { labels: { data: Uint8Array.of(7, 0, 9) }, inputs: { shape: [3, 4] }, classes: 10 },
      test: { labels: { data: Uint8Array.of(5) }, inputs: { shape: [1, 4] }, classes: 10 },
    };
    write({
      "train-images-idx3-ubyte": images,
      "train-labels-idx1-ubyte.gz": gzipSync(labels),
      "t10k-images.idx3-ubyte": test.images,
      "t10k-labels.idx1-ubyte.gz": gzipSync(test.labels),
    });
    expect(await readIdxFolder(folder)).toMatchObject(expected);
  });

  it("names what is missing, and the file that is wrong", async () => {
    await expect(readIdxFolder(folder)).rejects.toThrow(
      `readIdxFolder: ${folder} has none of train-images-idx3-ubyte, train-images-idx3-ubyte.gz, train-images.idx3-ubyte, train-images.idx3-ubyte.gz`,
    );
    write({ "train-images-idx3-ubyte": labels, "train-labels-idx1-ubyte": labels });
    await expect(readIdxFolder(folder)).rejects.toThrow(
      `${join(folder, "train-images-idx3-ubyte")} must be unsigned bytes [N, height, width], got uint8 [3] (these are labels)`,
    );
    write({ "train-images-idx3-ubyte": images, "t10k-images-idx3-ubyte.gz": test.images });
    await expect(readIdxFolder(folder)).rejects.toThrow(
      `${join(folder, "t10k-images-idx3-ubyte.gz")} must be a gzip file, whole and undamaged`,
    );
    await expect(readIdxFolder(folder, { classes: 3 })).rejects.toThrow(
      "must be classes from 0 to 2, got 7 in row 0",
    );
  });
});
