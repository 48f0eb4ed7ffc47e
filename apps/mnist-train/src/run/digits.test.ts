import { mkdtempSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BadInput } from "terminal";
import { afterAll, describe, expect, it } from "vitest";
import { type IdxName, idxFile, idxFiles, writeIdxFolder } from "../test-idx-folder.js";
import { digitsFor, loadDigits } from "./digits.js";

const work = mkdtempSync(join(tmpdir(), "digits-"));
afterAll(() => rmSync(work, { recursive: true }));

it("without a folder they are the program's own, split by the seed", async () => {
  const digits = await digitsFor({ data: null, seed: 3 });
  expect(digits.train.inputs.shape).toEqual([8000, 784]);
  expect(digits.test.labels).toEqual((await loadDigits(3)).test.labels);
  expect(digits.test.labels).not.toEqual((await loadDigits(4)).test.labels);
});

describe.each([false, true])("a folder of IDX files, gzipped: %s", (gzip) => {
  it("is taken as it is: pixels in [0, 1], train and test as the files say", async () => {
    const data = writeIdxFolder(join(work, `whole-${gzip}`), {}, { gzip });
    const { train, test } = await digitsFor({ data, seed: 3 });
    expect([train.inputs.shape, test.inputs.shape]).toEqual([
      [200, 30],
      [40, 30],
    ]);
    const bytes = idxFiles()["train-images-idx3-ubyte"].subarray(16);
    expect(train.inputs.data).toEqual(Float32Array.from(bytes, (byte) => byte / 255));
    expect(Array.from(test.labels.data.subarray(0, 12))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
  });
});

describe("a folder that is not fit is one clear error", () => {
  const whole = idxFiles();
  const images = whole["train-images-idx3-ubyte"];
  const labels = whole["train-labels-idx1-ubyte"];
  const folder = join(work, "broken");
  const trainImages = join(folder, "train-images-idx3-ubyte");
  const trainLabels = join(folder, "train-labels-idx1-ubyte");
  const huge = images.slice();
  huge.set([255, 255, 255, 255], 4);

  it.each<[what: string, files: Partial<Record<IdxName, Uint8Array>>, message: string]>([
    [
      "truncated images",
      { "train-images-idx3-ubyte": images.subarray(0, 1000) },
      `${trainImages} is cut off: its header promises [200, 6, 5], 6000 bytes after the header, got 984`,
    ],
    [
      "a gigantic count",
      { "train-images-idx3-ubyte": huge },
      `${trainImages} is cut off: its header promises [4294967295, 6, 5], 128849018850 bytes after the header, got 6000`,
    ],
    [
      "labels for images",
      { "train-images-idx3-ubyte": labels },
      `${trainImages} must be unsigned bytes [N, height, width], got uint8 [200] (these are labels)`,
    ],
    [
      "a file that is no IDX file",
      { "train-labels-idx1-ubyte": Uint8Array.from([80, 75, 3, 4, 0]) },
      `${trainLabels} must be an IDX file, which begins with 00 00, a type from 08 to 0e and its number of axes, got 0x504b0304`,
    ],
    [
      "an empty file",
      { "train-labels-idx1-ubyte": new Uint8Array(0) },
      `${trainLabels} must be an IDX file, got 0 bytes, too few for its magic number`,
    ],
    [
      "no image",
      { "train-images-idx3-ubyte": idxFile([0, 6, 5], []), "train-labels-idx1-ubyte": idxFile([0], []) },
      `${trainImages}: there is no image`,
    ],
    [
      "one label too few",
      { "train-labels-idx1-ubyte": idxFile([199], labels.subarray(8, 207)) },
      `${trainLabels} must have one label for each of the 200 images, got 199`,
    ],
    [
      "a label that is no class",
      { "train-labels-idx1-ubyte": labels.slice().fill(10, 8 + 17, 8 + 18) },
      `${trainLabels} must be classes from 0 to 9, got 10 in row 17`,
    ],
    [
      "images without pixels",
      {
        "train-images-idx3-ubyte": idxFile([200, 0, 5], []),
        "t10k-images-idx3-ubyte": idxFile([40, 0, 5], []),
      },
      "the images have no pixels",
    ],
    [
      "test images of another size",
      { "t10k-images-idx3-ubyte": idxFile([40, 1, 1], new Uint8Array(40)) },
      "the test images must have 30 pixels as the training images, got 1",
    ],
    [
      "a single image",
      {
        "train-images-idx3-ubyte": idxFile([1, 6, 5], new Uint8Array(30)),
        "train-labels-idx1-ubyte": idxFile([1], [3]),
      },
      "there must be at least 2 images to train on, got 1",
    ],
  ])("%s", async (_, files, message) => {
    const data = writeIdxFolder(folder, files);
    await expect(digitsFor({ data, seed: 1 })).rejects.toThrow(new BadInput(`--data ${data}: ${message}`));
  });

  it("a gzip file that is cut off", async () => {
    const data = writeIdxFolder(join(work, "cut"), {}, { gzip: true });
    const path = join(data, "t10k-labels-idx1-ubyte.gz");
    truncateSync(path, readFileSync(path).length - 12);
    await expect(digitsFor({ data, seed: 1 })).rejects.toThrow(
      new BadInput(
        `--data ${data}: ${path} must be a gzip file, whole and undamaged (unexpected end of file)`,
      ),
    );
  });

  it("no such folder", async () => {
    const data = join(work, "nowhere");
    await expect(digitsFor({ data, seed: 1 })).rejects.toThrow(
      new BadInput(
        `--data ${data}: ${data} has none of train-images-idx3-ubyte, train-images-idx3-ubyte.gz, train-images.idx3-ubyte, train-images.idx3-ubyte.gz`,
      ),
    );
  });
});
