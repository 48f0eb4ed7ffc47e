import type { DataFiles } from "../data.js";
import type { InferenceWork } from "../work.js";
import type { Workload } from "../workload.js";
import { MLP } from "./training.js";

export const inferenceWork = (data: DataFiles, batch: number): InferenceWork => ({
  kind: "inference",
  widths: MLP,
  parameters: data.parameters(MLP, true),
  batch,
  inputs: data.inputs("digits", MLP[0]),
});

/** Logits in eval mode; each contender ends with them as numbers that it can read. */
export const inferenceWorkloads = (data: DataFiles, quick: boolean): Workload[] =>
  (quick ? [1] : [1, 128]).map((batch) => ({
    table: `Inference, ${MLP.join("-")}, real digits`,
    column: `batch ${batch}`,
    work: inferenceWork(data, batch),
    show: "microseconds",
  }));
