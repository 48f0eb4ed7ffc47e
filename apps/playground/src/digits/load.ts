import { type Dataset, gunzip, idxDataset, type Split, stratifiedSplit } from "@handgrad/datasets";

/** Digits that are kept for testing. */
const TEST_ROWS = 1000;

export type Digits = Split<number, "float32">;
export type DigitSet = Dataset<number>;

/** The packed digits, unpacked: 5,000 to train on and 1,000 to test on. @throws Error that says what could not be loaded. */
export async function loadDigits(): Promise<Digits> {
  const [images, labels] = await Promise.all([
    fetched("the digits' images", new URL("../../.digits/images.bin", import.meta.url)),
    fetched("the digits' labels", new URL("../../.digits/labels.bin", import.meta.url)),
  ]);
  return stratifiedSplit(idxDataset({ images, labels }), { test: TEST_ROWS, seed: 1 });
}

async function fetched(what: string, url: URL): Promise<Uint8Array> {
  const response = await fetch(url).catch((error: Error) => {
    throw new Error(`${what} could not be loaded (${error.message})`);
  });
  if (!response.ok)
    throw new Error(`${what} could not be loaded (${response.status} ${response.statusText})`);
  return gunzip(new Uint8Array(await response.arrayBuffer()), what);
}
