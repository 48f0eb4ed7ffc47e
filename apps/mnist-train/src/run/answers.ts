import { softmax } from "@handgrad/layers";
import { argmax } from "@handgrad/tensor";
import { batches, ConfusionMatrix } from "@handgrad/training";
import { CLASSES, type Model } from "laboratory";
import type { Digits } from "./digits.js";

/** Mistakes that are kept: those in which the label got the smallest probability. */
const WORST = 10;

/** An image that the network takes for another class than its label. */
export interface Mistake {
  /** Row of the test digits. */
  readonly row: number;
  readonly label: number;
  readonly prediction: number;
  /** That the network gives the class it predicts. */
  readonly probability: number;
  /** That it gives the label. */
  readonly labelProbability: number;
  /** In [0, 1]. */
  readonly pixels: Float32Array;
}

/** What a trained network makes of the test digits in eval mode. */
export interface Answers {
  readonly confusion: ConfusionMatrix;
  /** The worst first. */
  readonly mistakes: readonly Mistake[];
}

export function answersOf(model: Model, test: Digits["test"]): Answers {
  const confusion = new ConfusionMatrix(CLASSES);
  const mistakes: Mistake[] = [];
  let first = 0;
  for (const { inputs, labels } of batches(test, { batchSize: 256 })) {
    const logits = model.forward(inputs, "eval");
    confusion.add(logits, labels);
    const probabilities = softmax(logits).data;
    const [rows, pixels] = inputs.shape;
    argmax(logits, 1).data.forEach((prediction, i) => {
      const label = labels.data[i];
      if (prediction === label) return;
      mistakes.push({
        row: first + i,
        label,
        prediction,
        probability: probabilities[i * CLASSES + prediction],
        labelProbability: probabilities[i * CLASSES + label],
        pixels: inputs.data.slice(i * pixels, (i + 1) * pixels),
      });
    });
    first += rows;
  }
  mistakes.sort((a, b) => a.labelProbability - b.labelProbability || a.row - b.row);
  return { confusion, mistakes: mistakes.slice(0, WORST) };
}
