import { DataMoments, type LayerEvidence } from "@handgrad/bn-doctor";
import { type BatchesOptions, batches, type Examples, layerOutputs } from "@handgrad/training";
import type { LayerInputs } from "./layer-evidence.js";
import { type Network, unobserved } from "./model.js";

/** Rows of real input that the exact checks look at: enough for every formula, few enough to be quick. */
const SAMPLE_ROWS = 256;

/**
 * What reaches each batch norm when the trained network sees its training data once more, in training mode and in
 * batches of the training's size: moments over all of it, and one batch. Leaves the network as it was.
 */
export function dataPass(
  network: Network,
  train: Examples,
  batching: Pick<BatchesOptions, "batchSize" | "dropLast">,
): LayerInputs[] {
  const { model, batchNorms } = network;
  const before = model.stateDict();
  const moments = new Map(batchNorms.map(({ index, layer }) => [index, new DataMoments(layer.inWidth)]));
  const samples = new Map<number, LayerEvidence["batch"]>();
  unobserved(network, () => {
    for (const { inputs } of batches(train, batching)) {
      const outputs = layerOutputs(model, inputs, "train");
      for (const [index, seen] of moments) {
        const x = outputs[index - 1]; // a dense layer stands before every batch norm
        const [rows, width] = x.shape;
        seen.observe(x.data, rows);
        if (!samples.has(index)) {
          const sampled = Math.min(rows, SAMPLE_ROWS);
          samples.set(index, { x: x.data.slice(0, sampled * width), rows: sampled });
        }
      }
    }
  });
  model.loadStateDict(before);
  return batchNorms.map(({ index }) => ({
    batch: samples.get(index) ?? { x: [], rows: 0 },
    data: moments.get(index) ?? new DataMoments(0),
  }));
}
