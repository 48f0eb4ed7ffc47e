export { type Dataset, requireDataset } from "./dataset.js";
export { gunzip } from "./gunzip.js";
export { parseIdx } from "./idx.js";
export { type IdxBytes, type IdxDatasetOptions, idxDataset } from "./idx-dataset.js";
export { type Normalizer, type NormalizerOptions, normalizer } from "./normalizer.js";
export { type Split, type SplitOptions, stratifiedSplit } from "./split.js";
