import { diagnose } from "@handgrad/bn-doctor";
import { idxDataset } from "@handgrad/datasets";
import { checkGradients } from "@handgrad/gradcheck";
import { BatchNorm, Dense, ReLU, Sequential } from "@handgrad/layers";
import { engine, Random, tensor } from "@handgrad/tensor";
import { batches, evaluate, fit, SGD } from "@handgrad/training";

// For programs without the types of a browser or of Node.
declare const console: { log(...values: unknown[]): void };

/** Four images of 1 × 2 pixels, and the class of each: exclusive or. */
const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 255, 255, 0, 255, 255);
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 1, 0);

async function train() {
  const examples = idxDataset({ images, labels }, { classes: 2 });
  const rng = new Random(1);
  const model = new Sequential(
    new Dense(examples.inputs.shape[1], 8, { rng }),
    new BatchNorm(8),
    new ReLU(),
    new Dense(8, 2, { rng }),
  );
  await fit(model, batches(examples, { batchSize: 4 }), {
    epochs: 200,
    optimizer: new SGD(model.parameters(), { learningRate: 0.1 }),
  });
  const { loss, accuracy } = await evaluate(model, examples);
  const layer = new Dense(2, 3, { rng, dtype: "float64" });
  const input = tensor(
    [
      [1, 2],
      [3, 4],
    ],
    "float64",
  );
  const { healthy } = diagnose(new BatchNorm(3));
  return { engine: engine(), loss, accuracy, gradients: checkGradients(layer, { input }).pass, healthy };
}

/** The same in Node, in a page and in a worker, to the last bit. */
export const report = train();
report.then((found) => console.log(JSON.stringify(found)));

// @ts-expect-error widths that do not fit
export const wrongNeighbours = () => new Sequential(new Dense(2, 3), new BatchNorm(4));
