import { type Rows, zeros } from "@handgrad/tensor";
import { BatchNorm } from "./batch-norm.js";
import { Dense } from "./dense.js";
import type { AnyLayer, Layer } from "./layer.js";
import { ReLU } from "./relu.js";
import { Sequential } from "./sequential.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";

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
