import { evaluate } from "@handgrad/training";
import { BadInput } from "terminal";
import { digitsFor } from "../run/digits.js";
import { percent } from "../terminal/text.js";
import { loadModel } from "./saved-model.js";

/** What the saved model is worth on the digits, without any training: loss and accuracy in eval mode. */
export async function evaluateSaved(
  file: string,
  settings: { data: string | null; seed: number },
): Promise<string> {
  const model = loadModel(file);
  const { train, test } = await digitsFor(settings);
  const [, pixels] = test.inputs.shape;
  const width = model.layers.find(({ inWidth }) => inWidth !== undefined)?.inWidth;
  if (width !== pixels) {
    throw new BadInput(`${file}: must be a model of images of ${pixels} pixels, got ${width}`);
  }
  const lines = await Promise.all(
    Object.entries({ training: train, test }).map(async ([name, digits]) => {
      const { loss, accuracy } = await evaluate(model, digits);
      return `${name} digits: loss ${loss.toFixed(4)}, accuracy ${percent(accuracy)}\n`;
    }),
  );
  return lines.join("");
}
