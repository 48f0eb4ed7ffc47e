import type { DataFiles } from "../data.js";
import type { TrainingWork } from "../work.js";
import type { Workload } from "../workload.js";

/** Different batches, taken in turn. */
export const BATCHES = 8;
export const LARGEST_BATCH = 512;
export const MLP = [784, 256, 128, 10];
const WIDE_MLP = [784, 512, 512, 512, 10];
export const LEARNING_RATES = { sgd: 0.1, adam: 0.001 } as const;

const NAMES = { sgd: "SGD", adam: "Adam" } as const;
const SOURCES = { digits: "real digits", random: "dense random inputs" } as const;

export function trainingWork(
  data: DataFiles,
  source: keyof typeof SOURCES,
  optimizer: keyof typeof NAMES,
  batch: number,
  widths: readonly number[] = MLP,
): TrainingWork {
  return {
    kind: "training",
    widths,
    parameters: data.parameters(widths),
    optimizer,
    learningRate: LEARNING_RATES[optimizer],
    batch,
    batches: BATCHES,
    inputs: data.inputs(source, widths[0]),
    labels: data.labels(source),
  };
}

/** A step of an MLP with batch norm: forward, loss, backward, update; the loss is read each time. */
export function trainingWorkloads(data: DataFiles, quick: boolean): Workload[] {
  const of = (
    source: keyof typeof SOURCES,
    optimizer: keyof typeof NAMES,
    batch: number,
    widths?: readonly number[],
  ): Workload => ({
    table: `Training step, ${SOURCES[source]}, ${NAMES[optimizer]}`,
    column: widths === undefined ? `batch ${batch}` : "512-512-512, 128",
    work: trainingWork(data, source, optimizer, batch, widths),
    show: "milliseconds",
  });
  if (quick) return [of("digits", "sgd", 32), of("digits", "adam", 128), of("random", "sgd", 32)];
  return (["digits", "random"] as const).flatMap((source) => [
    ...(["sgd", "adam"] as const).flatMap((optimizer) => [
      ...[32, 128, LARGEST_BATCH].map((batch) => of(source, optimizer, batch)),
      of(source, optimizer, 128, WIDE_MLP),
    ]),
  ]);
}
