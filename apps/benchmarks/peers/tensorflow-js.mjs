import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { floats, readBatches, readLayers, serve, stepByStep } from "./serve.mjs";

const EPSILON = 1e-5;
const DECAY = 0.9;

tf.enableProdMode();
await tf.setBackend(process.env.BENCHMARK_BACKEND);
await tf.ready();

/** x through the layers in training mode; moves the running statistics along. */
function forwardTrain(layers, x) {
  return layers.reduce((h, { weight, bias, gamma, beta, mean, variance }) => {
    const y = tf.add(tf.matMul(h, weight), bias);
    if (!gamma) return y;
    const moments = tf.moments(y, 0);
    move(mean, moments.mean);
    move(variance, moments.variance);
    return tf.relu(tf.batchNorm(y, moments.mean, moments.variance, beta, gamma, EPSILON));
  }, x);
}

const move = (running, batch) => running.assign(tf.add(tf.mul(running, DECAY), tf.mul(batch, 1 - DECAY)));

function forwardEval(layers, x) {
  return layers.reduce((h, { weight, bias, gamma, beta, mean, variance }) => {
    const y = tf.fused.matMul({ a: h, b: weight, bias });
    return gamma ? tf.relu(tf.batchNorm(y, mean, variance, beta, gamma, EPSILON)) : y;
  }, x);
}

const variables = (layers) =>
  layers.map((layer) => ({
    weight: tf.variable(tf.tensor2d(layer.weight, [layer.in, layer.out])),
    bias: tf.variable(tf.tensor1d(layer.bias)),
    ...(layer.gamma && {
      gamma: tf.variable(tf.tensor1d(layer.gamma)),
      beta: tf.variable(tf.tensor1d(layer.beta)),
      mean: tf.variable(tf.tensor1d(layer.mean), false),
      variance: tf.variable(tf.tensor1d(layer.variance), false),
    }),
  }));

const disposeAll = (layers) => tf.dispose(layers.flatMap((layer) => Object.values(layer)));

serve({
  hello: () => ({ library: `TensorFlow.js ${tf.version.tfjs}`, threads: 1 }),

  training(work) {
    const layers = variables(readLayers(work));
    const classes = work.widths.at(-1);
    const batches = readBatches(work).map(({ inputs, labels }) => ({
      x: tf.tensor2d(inputs, [work.batch, work.widths[0]]),
      y: tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), classes), "float32")),
    }));
    const optimizer =
      work.optimizer === "adam"
        ? tf.train.adam(work.learningRate, 0.9, 0.999, 1e-8)
        : tf.train.sgd(work.learningRate);
    const trained = layers.flatMap(({ weight, bias, gamma, beta }) =>
      gamma ? [weight, bias, gamma, beta] : [weight, bias],
    );
    return stepByStep(
      batches.length,
      (i) => {
        const loss = optimizer.minimize(
          () => tf.losses.softmaxCrossEntropy(batches[i].y, forwardTrain(layers, batches[i].x)),
          true,
          trained,
        );
        const [value] = loss.dataSync();
        loss.dispose();
        return value;
      },
      () => {
        disposeAll(layers);
        optimizer.dispose();
        for (const { x, y } of batches) tf.dispose([x, y]);
      },
    );
  },

  inference(work) {
    const layers = variables(readLayers(work));
    const x = tf.tensor2d(floats(work.inputs).slice(0, work.batch * work.widths[0]), [
      work.batch,
      work.widths[0],
    ]);
    let logits;
    return {
      run() {
        logits = tf.tidy(() => forwardEval(layers, x)).dataSync();
      },
      result: () => logits,
      close: () => {
        disposeAll(layers);
        x.dispose();
      },
    };
  },

  matmul({ m, k, n, transposeA, transposeB, a, b }) {
    const left = tf.tensor2d(floats(a), transposeA ? [k, m] : [m, k]);
    const right = tf.tensor2d(floats(b), transposeB ? [n, k] : [k, n]);
    let product;
    return {
      run() {
        product?.dispose();
        product = tf.matMul(left, right, transposeA, transposeB);
      },
      result: () => product.dataSync(),
      close: () => tf.dispose([left, right, product]),
    };
  },
});
