import type { DataFiles } from "../data.js";
import type { Workload } from "../workload.js";
import { trainingWork } from "./training.js";

const BATCH = 128;

/** Training steps of models with two square layers: what a multiply-add costs as they get wider. */
export const widthWorkloads = (data: DataFiles, quick: boolean): Workload[] =>
  (quick ? [256] : [256, 512, 1024, 2048]).map((width) => ({
    table: `ns per multiply-add against width: training step, dense random inputs, SGD, batch ${BATCH}`,
    column: `width ${width}`,
    work: { ...trainingWork(data, "random", "sgd", BATCH, [width, width, width, 10]), batches: 4 },
    show: "nanosecondsPerMultiplyAdd",
  }));
