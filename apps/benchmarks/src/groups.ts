import type { DataFiles } from "./data.js";
import type { Workload } from "./workload.js";
import { inferenceWorkloads } from "./workloads/inference.js";
import { matmulWorkloads } from "./workloads/matmul.js";
import { trainingWorkloads } from "./workloads/training.js";
import { widthWorkloads } from "./workloads/width.js";

/** Names for `--only`; `process` is start-up and memory, which have no workload of their own. */
export const groups = ["training", "matmul", "inference", "width", "process"] as const;
export type Group = (typeof groups)[number];

const workloadsOf = {
  training: trainingWorkloads,
  matmul: matmulWorkloads,
  inference: inferenceWorkloads,
  width: widthWorkloads,
} satisfies Record<Exclude<Group, "process">, (data: DataFiles, quick: boolean) => readonly Workload[]>;

/** All workloads of a group, or with `quick` the smallest of each sort. */
export const workloads = (group: Group, data: DataFiles, quick: boolean): readonly Workload[] =>
  group === "process" ? [] : workloadsOf[group](data, quick);
