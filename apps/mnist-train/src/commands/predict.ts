import { softmax } from "@handgrad/layers";
import { BadInput } from "terminal";
import { percent } from "../terminal/text.js";
import { asDigit } from "./as-digit.js";
import { readImage } from "./read-image.js";
import { loadModel, readFile } from "./saved-model.js";

const PIXELS = 784;

export interface PredictOptions {
  readonly image: string;
  readonly model: string;
  readonly json: boolean;
}

/** The digit that the saved model sees in the picture, and how sure it is: as text, or as JSON. */
export function predict({ image, model: file, json }: PredictOptions): string {
  const model = loadModel(file);
  if (model.layers.find(({ inWidth }) => inWidth !== undefined)?.inWidth !== PIXELS) {
    throw new BadInput(`${file}: must be a model of images of 28 × 28 pixels`);
  }
  const x = asDigit(readImage(image, readFile(image)));
  if (x === undefined) throw new BadInput(`${image}: has no digit, all of its pixels are alike`);
  const probabilities = [...softmax(model.forward(x, "eval")).data];
  const order = probabilities.map((_, digit) => digit).sort((a, b) => probabilities[b] - probabilities[a]);
  const [digit] = order;
  if (json) return `${JSON.stringify({ digit, probabilities }, null, 2)}\n`;
  return `${order
    .slice(0, 3)
    .map((candidate) => `${candidate}  ${percent(probabilities[candidate]).padStart(7)}`)
    .join("\n")}\n`;
}
