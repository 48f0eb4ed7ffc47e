export { type Dataset, requireDataset } from "./dataset.js";
export { loadMnist } from "./mnist.js";
export { type Split, type SplitOptions, stratifiedSplit } from "./split.js";
