import type { Network } from "laboratory";
import type { LayerPicture, Pair, Picture, UnitWeights } from "../messages.js";
import type { Contestant } from "./contestant.js";
import { unitsOf } from "./units.js";

/** Features of each layer that are shown. */
const FEATURES = 8;
const BINS = 25;
/** Root mean squares to each side of 0 that a histogram reaches. */
const REACH = 3;

type Batch = Network["activations"][number]["layer"]["lastBatch"];

/** Of the last training batch and the present weights. */
export function pictureOf(contestants: Pair<Contestant>): Picture {
  const { plain, batchNorm } = contestants;
  const layers = plain.network.activations.map(({ layer }, i): LayerPicture => {
    const own = layer.lastBatch;
    const other = batchNorm?.network.activations[i].layer.lastBatch;
    const range = REACH * Math.max(rootMeanSquare(own), other ? rootMeanSquare(other) : 0) || 1;
    return {
      range,
      features: { plain: histograms(own, range), ...(other && { batchNorm: histograms(other, range) }) },
    };
  });
  return {
    layers,
    weights: {
      plain: unitWeights(plain),
      ...(batchNorm && { batchNorm: unitWeights(batchNorm) }),
    },
  };
}

function rootMeanSquare({ data }: Batch): number {
  let sum = 0;
  for (const value of data) sum += value * value;
  return Math.sqrt(sum / data.length);
}

function histograms({ data, shape: [rows, width] }: Batch, range: number): Uint16Array[] {
  return Array.from({ length: Math.min(FEATURES, width) }, (_, feature) => {
    const counts = new Uint16Array(BINS);
    for (let row = 0; row < rows; row++) {
      const share = (data[row * width + feature] + range) / (2 * range);
      counts[Math.max(0, Math.min(BINS - 1, Math.floor(share * BINS)))]++;
    }
    return counts;
  });
}

function unitWeights({ network, weightsAtFirst }: Contestant): UnitWeights {
  const weights = unitsOf(network);
  const change = weights.map((now, unit) => now.map((weight, i) => weight - weightsAtFirst[unit][i]));
  return { weights, change };
}
