export {
  CheckpointError,
  CheckpointFolder,
  type CheckpointFolderOptions,
  type LoadedCheckpoint,
} from "./node/checkpoint-folder.js";
export { csvLog, jsonLinesLog } from "./node/logs.js";
export { type ModelCheckpointOptions, modelCheckpoint } from "./node/model-checkpoint.js";
export { tensorBoardLog } from "./node/tensorboard-log.js";
