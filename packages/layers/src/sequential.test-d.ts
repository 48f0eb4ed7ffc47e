import { type FloatDType, oneHot, type Rows, type Vector, zeros } from "@handgrad/tensor";
import { BatchNorm, batchNormEval, batchNormTrain } from "./batch-norm.js";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";
import { Dense, dense, denseBackward } from "./dense.js";
import { Dropout } from "./dropout.js";
import { Flatten, flatten } from "./flatten.js";
import { GELU } from "./gelu.js";
import type { AnyLayer, Elementwise, Layer } from "./layer.js";
import { LayerNorm, layerNorm } from "./layer-norm.js";
import { LeakyReLU } from "./leaky-relu.js";
import { LogSoftmax } from "./log-softmax.js";
import { meanSquaredError } from "./mean-squared-error.js";
import { ReLU, reluBackward } from "./relu.js";
import { Sequential } from "./sequential.js";
import type { Checked } from "./sequential-types.js";
import { Sigmoid, sigmoidBackward } from "./sigmoid.js";
import { Softmax } from "./softmax.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
import { summary } from "./summary.js";
import { Tanh } from "./tanh.js";

/** Compiles only if the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_same: Same<A, B>): void => {};
declare const width: number;

const model = new Sequential(new Dense(784, 256), new BatchNorm(256), new ReLU(), new Dense(256, 10));
same<typeof model, Sequential<784, 10, "float32">>(true);
const logits = model.forward(zeros([32, 784]), "train");
same<typeof logits, Rows<10>>(true);
const { gradient } = softmaxCrossEntropy(logits, [1, 2]);
const nothing = model.backward(gradient);
same<typeof nothing, void>(true);
const dx = model.backward(gradient, { inputGradient: true });
same<typeof dx, Rows<784>>(true);

// @ts-expect-error layer 1 takes 128 features, but receives 256
new Sequential(new Dense(784, 256), new BatchNorm(128));
// @ts-expect-error layer 2 takes 128 features, but receives 256: ReLU keeps the width
new Sequential(new Dense(784, 256), new ReLU(), new BatchNorm(128));
// @ts-expect-error layer 1 computes in float32, but receives float64
new Sequential(new Dense(784, 256, { dtype: "float64" }), new BatchNorm(256));
// @ts-expect-error the input has 100 features
model.forward(zeros([32, 100]), "train");
// @ts-expect-error the input is float64
model.forward(zeros([32, 784], "float64"), "train");
// @ts-expect-error there is no such mode
model.forward(zeros([32, 784]), "test");
// @ts-expect-error the gradient has as many columns as the output
model.backward(zeros([32, 784]));

const double = new Sequential(new Dense(2, 3, { dtype: "float64" }), new BatchNorm(3, { dtype: "float64" }));
same<typeof double, Sequential<2, 3, "float64">>(true);

const open = new Sequential(new Dense(width, 256), new BatchNorm(width), new Dense(256, 10));
same<typeof open, Sequential<number, 10, "float32">>(true);

const blocks: Layer<number, number, "float32">[] = [];
const spread = new Sequential(new Dense(784, 64), ...blocks, new Dense(64, 10));
same<typeof spread, Sequential<784, 10, "float32">>(true);
const listed: AnyLayer[] = [];
new Sequential(...listed);

const generic = <F extends number>(features: F) =>
  new Sequential(new Dense(784, features), new BatchNorm(features), new ReLU(), new Dense(features, 10));
same<ReturnType<typeof generic<64>>, Sequential<784, 10, "float32">>(true);

const own: Layer<10, 5, "float32"> = {
  inWidth: 10,
  outWidth: 5,
  dtype: "float32",
  forward: (_x) => zeros([1, 5]),
  backward: (_dy) => zeros([1, 10]),
};
new Sequential(new Dense(3, 10), own, new Dense(5, 1));
// @ts-expect-error layer 1 takes 10 features, but receives 9
new Sequential(new Dense(3, 9), own);

// What the messages say is ours; how a compiler quotes them is not.
same<Checked<[Dense<784, 256>, BatchNorm<128>]>[1], "layer 1 takes 128 features, but receives 256">(true);
same<
  Checked<[Dense<784, 256, "float64">, BatchNorm<256>]>[1],
  "layer 1 computes in float32, but receives float64"
>(true);

// A model in a signature is float32 unless it says otherwise.
export const predict = (trained: Sequential<784, 10>, x: Rows<784>): Rows<10> => trained.forward(x, "eval");
predict(model, zeros([1, 784]));
// @ts-expect-error a float64 model is another type
export const single: Sequential<2, 3> = new Sequential(new Dense(2, 3, { dtype: "float64" }));
export const either: Sequential<2, 3, FloatDType> = double;
export class Classifier {
  readonly network: Sequential<784, 10> = model;
}

// The pure functions hold widths and dtypes together.
dense(zeros([2, 3]), zeros([3, 5]));
// @ts-expect-error widths 3 and 4
dense(zeros([2, 3]), zeros([4, 5]));
// @ts-expect-error dtypes differ
dense(zeros([2, 3]), zeros([3, 5], "float64"));
// @ts-expect-error dy has as many columns as the weight
denseBackward(zeros([2, 4]), zeros([2, 3]), zeros([3, 5]));
// @ts-expect-error gamma and beta are as wide as x
batchNormTrain(zeros([2, 3]), zeros([4]), zeros([5]), 1e-5);
// @ts-expect-error the running pair is as wide as x
batchNormEval(zeros([2, 3]), zeros([3]), zeros([3]), zeros([2]), zeros([3]), 1e-5);
// @ts-expect-error dy has another shape than x
reluBackward(zeros([2, 3]), zeros([2, 4]));
// @ts-expect-error one-hot rows are as wide as the logits
softmaxCrossEntropy(zeros([2, 3]), oneHot([0, 1], 4));
declare const bytes: Vector<number, "uint8">;
softmaxCrossEntropy(zeros([2, 3]), bytes);

// Layers that keep the width of their rows pass it on, and so does layer norm, which has one of its own.
const deep = new Sequential(
  new Flatten(),
  new Dense(784, 64),
  new LayerNorm(64),
  new GELU(),
  new Dropout(0.5),
  new Dense(64, 32),
  new Sigmoid(),
  new Tanh(),
  new LeakyReLU(),
  new Dense(32, 10),
  new Softmax(),
  new LogSoftmax(),
);
same<typeof deep, Sequential<784, 10, "float32">>(true);
summary(deep);
summary(double);
// @ts-expect-error layer 1 takes 65 features, but receives 64
new Sequential(new Dense(784, 64), new LayerNorm(65));
// @ts-expect-error layer 2 takes 65 features, but receives 64: Flatten keeps the width of rows
new Sequential(new Dense(784, 64), new Flatten(), new Dense(65, 2));
// @ts-expect-error layer 1 computes in float32, but receives float64
new Sequential(new Dense(784, 64, { dtype: "float64" }), new LayerNorm(64));
new Sequential(new Dense(784, width), new LayerNorm(width), new Softmax());
export const any: readonly AnyLayer[] = [new Flatten(), new Softmax(), new Dropout(0.1), new LayerNorm(2)];
export const shapeKeeping: readonly Elementwise[] = [new Softmax(), new Dropout(0.1), new Flatten()];
declare const someLayer: AnyLayer;
if (someLayer instanceof ReLU) same<typeof someLayer, ReLU>(true);
// Still callable after that: the kinds of layers must not be told apart by their signatures.
someLayer.forward(zeros([1, 2]) as Rows, "eval");

const cube = new Softmax().forward(zeros([2, 3, 4]), "eval");
same<typeof cube.shape, readonly [2, 3, 4]>(true);
const kept = flatten(zeros([2, 3]));
same<typeof kept, Rows<3>>(true);
const product = flatten(zeros([2, 3, 4], "float64"));
same<typeof product, Rows<number, "float64">>(true);

// @ts-expect-error dy has another shape than x
sigmoidBackward(zeros([2, 3]), zeros([2, 4]));
// @ts-expect-error gamma and beta are as wide as x
layerNorm(zeros([2, 3]), zeros([4]), zeros([3]), 1e-5);
// @ts-expect-error there is no such approximation
new GELU({ approximate: "erf" });
// @ts-expect-error targets have the shape of the predictions
meanSquaredError(zeros([2, 3]), zeros([2, 4]));
// @ts-expect-error targets have the dtype of the logits
binaryCrossEntropy(zeros([2, 3]), zeros([2, 3], "float64"));
const squared = meanSquaredError(logits, zeros([32, 10]) as Rows<10>);
same<typeof squared.gradient, Rows<10>>(true);
model.backward(squared.gradient);
// @ts-expect-error one weight for each class
softmaxCrossEntropy(zeros([2, 3]), [0, 1], { classWeights: zeros([4]) });
softmaxCrossEntropy(zeros([2, 3]), [0, 1], { classWeights: zeros([3]), labelSmoothing: 0.1 });
