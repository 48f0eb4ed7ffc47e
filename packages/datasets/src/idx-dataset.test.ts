import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { gunzip } from "./gunzip.js";
import { idxDataset } from "./idx-dataset.js";
import { idxFile, images, labels, pixels } from "./test-idx.js";

describe("idxDataset", () => {
  it("has a row for each image, in [0, 1], and its label", () => {
    const dataset = idxDataset({ images, labels });
    expect(dataset.inputs.shape).toEqual([3, 4]);
    expect([...dataset.inputs.data]).toEqual(pixels.map((byte) => Math.fround(byte / 255)));
    expect([...dataset.labels.data]).toEqual([7, 0, 9]);
    expect(dataset.classes).toBe(10);
  });

  it("says what is wrong", () => {
    const wrong: readonly [{ images?: Uint8Array; labels?: Uint8Array }, string][] = [
      [
        { labels: images },
        "idxDataset: labels must be unsigned bytes [N], got uint8 [3, 2, 2] (these are images)",
      ],
      [
        { images: labels },
        "idxDataset: images must be unsigned bytes [N, height, width], got uint8 [3] (these are labels)",
      ],
      [
        { labels: idxFile([3, 1], [1, 2, 3]) },
        "idxDataset: labels must be unsigned bytes [N], got uint8 [3, 1]",
      ],
      [
        { labels: Uint8Array.of(0, 0, 9, 1, 0, 0, 0, 1, 255) },
        "idxDataset: labels must be unsigned bytes [N], got int32 [1]",
      ],
      [
        { labels: idxFile([2], [1, 2]) },
        "idxDataset: labels must have one label for each of the 3 images, got 2",
      ],
      [
        { labels: idxFile([3], [1, 10, 2]) },
        "idxDataset: labels must be classes from 0 to 9, got 10 in row 1",
      ],
      [{ images: idxFile([0, 2, 2], []), labels: idxFile([0], []) }, "idxDataset: images: there is no image"],
      [
        { images: images.subarray(0, 20) },
        "idxDataset: images is cut off: its header promises [3, 2, 2], 12 bytes after the header, got 4",
      ],
    ];
    for (const [files, message] of wrong) {
      expect(() => idxDataset({ images, labels, ...files })).toThrow(new RangeError(message));
    }
    expect(() => idxDataset({ images, labels }, { classes: 8 })).toThrow(
      "classes from 0 to 7, got 9 in row 2",
    );
  });
});

describe("gunzip", () => {
  it("unpacks", async () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 251);
    expect(await gunzip(gzipSync(bytes))).toEqual(bytes);
    expect(await gunzip(gzipSync(new Uint8Array()))).toEqual(new Uint8Array());
  });

  it("says so for a file that is no gzip file, damaged or cut off", async () => {
    const packed = gzipSync(images);
    const damaged = Uint8Array.from(packed);
    damaged[packed.length - 6] ^= 1;
    for (const bytes of [images, damaged, packed.subarray(0, packed.length - 9), new Uint8Array()]) {
      await expect(gunzip(bytes)).rejects.toThrow(
        /^gunzip: the file must be a gzip file, whole and undamaged \(.+\)$/,
      );
    }
  });
});
