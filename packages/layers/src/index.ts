export {
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
export { binaryCrossEntropy } from "./binary-cross-entropy.js";
export { Dense, type DenseGradients, type DenseOptions, dense, denseBackward } from "./dense.js";
export { Dropout, type DropoutOptions, dropout, dropoutBackward, dropoutMask } from "./dropout.js";
export type { ElementwiseLoss } from "./elementwise-loss.js";
export { Flatten, type FlatWidth, flatten, flattenBackward } from "./flatten.js";
export { GELU, type GELUOptions, gelu, geluBackward } from "./gelu.js";
export {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunNormal,
  normal,
  ones,
  uniform,
  zeros,
} from "./initializers.js";
export type { AnyLayer, Elementwise, Layer, Mode, Parameter, Parameters, State } from "./layer.js";
export {
  LayerNorm,
  type LayerNormCache,
  type LayerNormGradients,
  type LayerNormOptions,
  layerNorm,
  layerNormBackward,
} from "./layer-norm.js";
export { LeakyReLU, type LeakyReLUOptions, leakyRelu, leakyReluBackward } from "./leaky-relu.js";
export { LogSoftmax, logSoftmax, logSoftmaxBackward } from "./log-softmax.js";
export { meanSquaredError } from "./mean-squared-error.js";
export type { Moments } from "./moments.js";
export { initializers } from "./named-initializers.js";
export { orthogonal } from "./orthogonal.js";
export { ReLU, relu, reluBackward } from "./relu.js";
export { Sequential } from "./sequential.js";
export { Sigmoid, sigmoid, sigmoidBackward } from "./sigmoid.js";
export { Softmax, softmax, softmaxBackward } from "./softmax.js";
export {
  type CrossEntropyOptions,
  type Labels,
  type Loss,
  softmaxCrossEntropy,
} from "./softmax-cross-entropy.js";
export type { StateDict } from "./state-dict.js";
export { type LayerSummary, type ModelSummary, summary } from "./summary.js";
export { Tanh, tanh, tanhBackward } from "./tanh.js";
export { isTransient } from "./transient.js";
