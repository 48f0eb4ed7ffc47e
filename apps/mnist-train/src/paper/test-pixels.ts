import { fromData, Random } from "@handgrad/tensor";
import type { Digits } from "../run/digits.js";

/** Images of 12 pixels, noise with a bright pixel that tells the class: quick to train on. */
export function fewPixels(trainRows = 190, testRows = 40): Digits {
  const rng = new Random(3);
  const images = (rows: number): Digits["train"] => {
    const labels = Uint8Array.from({ length: rows }, (_, row) => row % 10);
    const pixels = Float32Array.from({ length: rows * 12 }, (_, i) =>
      i % 12 === labels[Math.floor(i / 12)] ? 1 : 0.6 * rng.uniform(),
    );
    return { inputs: fromData(pixels, [rows, 12]), labels: fromData(labels, [rows]) };
  };
  return { train: images(trainRows), test: images(testRows) };
}
