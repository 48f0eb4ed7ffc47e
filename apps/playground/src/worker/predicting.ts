import { type Mode, softmax } from "@handgrad/layers";
import { fromData, type Rows } from "@handgrad/tensor";
import { type Network, unobserved } from "laboratory";
import type { Pair, Prediction } from "../messages.js";
import type { Contestant } from "./contestant.js";

/** Rows of the batch in which a digit is seen in training mode, the digit included. */
const COMPANY = 128;

/**
 * What the networks take a digit for. In eval mode it is a batch of its own. In training mode one row has no variance,
 * so it is the first of a batch whose others are training digits, always the same.
 */
export function predictionOf(
  { plain, batchNorm }: Pair<Contestant>,
  pixels: Float32Array,
  others: Rows,
): Prediction {
  const alone = fromData(pixels, [1, pixels.length]);
  const batch = new Float32Array(COMPANY * pixels.length);
  batch.set(pixels);
  batch.set(others.data.subarray(0, batch.length - pixels.length), pixels.length);
  const inCompany = fromData(batch, [COMPANY, pixels.length]);
  return {
    plain: firstRow(plain.network, alone, "eval"),
    ...(batchNorm && {
      batchNorm: {
        train: untouched(batchNorm.network, () => firstRow(batchNorm.network, inCompany, "train")),
        eval: firstRow(batchNorm.network, alone, "eval"),
      },
    }),
  };
}

function firstRow({ model }: Network, x: Rows, mode: Mode): Float32Array {
  const probabilities = softmax(model.forward(x, mode));
  return probabilities.data.slice(0, probabilities.shape[1]);
}

/** A training pass that moves no running pair. */
function untouched<Result>(network: Network, work: () => Result): Result {
  const before = network.model.stateDict();
  const result = unobserved(network, work);
  network.model.loadStateDict(before);
  return result;
}
