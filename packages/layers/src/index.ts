export {
  type BatchMoments,
  BatchNorm,
  type BatchNormEvalCache,
  type BatchNormGradients,
  type BatchNormOptions,
  type BatchNormState,
  type BatchNormTrainCache,
  batchNormEval,
  batchNormEvalBackward,
  batchNormTrain,
  batchNormTrainBackward,
  type Decay,
  type VarianceCorrection,
} from "./batch-norm.js";
export {
  type BatchNormStage,
  type BatchNormStageName,
  type BatchNormStep,
  batchNormBackwardStaged,
  type NormalizedBy,
  type StagedBatchNormGradients,
} from "./batch-norm-staged.js";
export { Dense, type DenseGradients, type DenseOptions, dense, denseBackward } from "./dense.js";
export { glorotUniform, heNormal, type Initializer, zeros } from "./initializers.js";
export type { AnyLayer, Elementwise, Layer, Mode, Parameter, Parameters, State } from "./layer.js";
export { ReLU, relu, reluBackward } from "./relu.js";
export { Sequential } from "./sequential.js";
export { type Labels, type Loss, softmaxCrossEntropy } from "./softmax-cross-entropy.js";
export type { StateDict } from "./state-dict.js";
