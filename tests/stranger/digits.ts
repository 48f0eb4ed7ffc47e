import { loadMnist } from "@handgrad/datasets/mnist";
import { readIdxFolder } from "@handgrad/datasets/node";

declare const console: { log(...values: unknown[]): void };

console.log(loadMnist().inputs.shape.join(" × "), typeof readIdxFolder);
