import { diagnose } from "@handgrad/bn-doctor";
import { idxDataset } from "@handgrad/datasets";
import { checkGradients } from "@handgrad/gradcheck";
import { BatchNorm, Dense, ReLU, Sequential } from "@handgrad/layers";
import { engine, matmul, normal, Random, tensor, threads, useThreads } from "@handgrad/tensor";
import { batches, evaluate, fit, SGD } from "@handgrad/training";

// For programs without the types of a browser or of Node.
declare const console: { log(...values: unknown[]): void };
declare const setTimeout: (then: () => void, ms: number) => void;

/** Four images of 1 × 2 pixels, and the class of each: exclusive or. */
const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 255, 255, 0, 255, 255);
const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 4, 0, 1, 1, 0);

/** Products that are large enough for two threads: how many there are, and whether they give one thread's bits. */
async function multiply() {
  const a = normal([301, 200], new Random(2));
  const b = normal([200, 150], new Random(3));
  useThreads(1);
  const alone = matmul(a, b).data;
  useThreads(2);
  let same = true;
  // The first ones find no worker yet, and the last ones may.
  for (let i = 0; i < 20; i++) {
    same &&= matmul(a, b).data.every((value, at) => value === alone[at]);
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
  return { threads: threads(), same };
}

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
  return {
    ...(await multiply()),
    engine: engine(),
    loss,
    accuracy,
    gradients: checkGradients(layer, { input }).pass,
    healthy,
  };
}

/** The same in Node, in a page and in a worker, to the last bit. */
export const report = train();
report.then((found) => console.log(JSON.stringify(found)));

// @ts-expect-error widths that do not fit
export const wrongNeighbours = () => new Sequential(new Dense(2, 3), new BatchNorm(4));
