import { floats, readBatches, readLayers, serve, stepByStep } from "./serve.mjs";
import { WebWorker } from "./web-worker.mjs";

if (typeof navigator === "undefined")
  throw new Error("jax-js asks for `navigator`, which Node has from 21 on");

const threads = Number(process.env.BENCHMARK_THREADS);
// Where there are workers, it splits its work over one for each core.
if (threads > 1) globalThis.Worker = WebWorker;
const { blockUntilReady, init, jit, nn, numpy: np, tree, valueAndGrad } = await import("@jax-js/jax");
await init("wasm");

const EPSILON = 1e-5;
const DECAY = 0.9;

// Every use of an array takes a reference to it; `ref` gives one more.
const refs = (value) => tree.map((array) => array.ref, value);
const zerosLike = (value) => tree.map((array) => np.zeros(array.shape), value);
const array = (values, shape) => np.array(values).reshape(shape);

/** Logits in training mode, and the moved running statistics. */
function forwardTrain(layers, running, x) {
  const moved = [];
  const logits = layers.reduce((h, { weight, bias, gamma, beta }, i) => {
    const y = np.matmul(h, weight).add(bias);
    if (!gamma) return y;
    const mean = y.ref.mean(0);
    const centred = y.sub(mean.ref);
    const variance = np.square(centred.ref).mean(0);
    moved.push({
      mean: running[i].mean.mul(DECAY).add(mean.mul(1 - DECAY)),
      variance: running[i].variance.mul(DECAY).add(variance.ref.mul(1 - DECAY)),
    });
    const scale = gamma.div(np.sqrt(variance.add(EPSILON)));
    return nn.relu(centred.mul(scale).add(beta));
  }, x);
  return [logits, moved];
}

const lossAndGradients = valueAndGrad(
  (layers, running, x, y) => {
    const [logits, moved] = forwardTrain(layers, running, x);
    return [nn.logSoftmax(logits, -1).mul(y).sum(-1).mean().neg(), moved];
  },
  { hasAux: true },
);

const updates = {
  sgd: (learningRate) => ({
    start: () => ({}),
    update: (layers, gradients, state) => [
      tree.map((value, gradient) => value.sub(gradient.mul(learningRate)), layers, gradients),
      state,
    ],
  }),
  adam: (learningRate) => ({
    start: (layers) => ({
      m: zerosLike(layers),
      v: zerosLike(layers),
      power1: np.array(1),
      power2: np.array(1),
    }),
    update(layers, gradients, state) {
      const power1 = state.power1.mul(0.9);
      const power2 = state.power2.mul(0.999);
      const m = tree.map((value, g) => value.mul(0.9).add(g.mul(0.1)), state.m, refs(gradients));
      const v = tree.map((value, g) => value.mul(0.999).add(np.square(g).mul(0.001)), state.v, gradients);
      const rate = np.array(learningRate).div(np.array(1).sub(power1.ref));
      const correction = np.array(1).sub(power2.ref);
      const moved = tree.map(
        (value, m, v) => value.sub(m.mul(rate.ref).div(np.sqrt(v.div(correction.ref)).add(1e-8))),
        layers,
        refs(m),
        refs(v),
      );
      return [moved, { m, v, power1, power2 }];
    },
  }),
};

const trainedOf = ({ in: width, out, weight, bias, gamma, beta }) => ({
  weight: array(weight, [width, out]),
  bias: np.array(bias),
  ...(gamma && { gamma: np.array(gamma), beta: np.array(beta) }),
});
const runningOf = ({ mean, variance }) => ({ mean: np.array(mean), variance: np.array(variance) });

function forwardEval(layers, running, x) {
  return layers.reduce((h, { weight, bias, gamma, beta }, i) => {
    const y = np.matmul(h, weight).add(bias);
    if (!gamma) return y;
    const scale = gamma.div(np.sqrt(running[i].variance.add(EPSILON)));
    return nn.relu(y.sub(running[i].mean).mul(scale).add(beta));
  }, x);
}

serve({
  hello: () => ({ library: "jax-js 0.1.25", threads }),

  training(work) {
    const values = readLayers(work);
    const optimizer = updates[work.optimizer](work.learningRate);
    let layers = values.map(trainedOf);
    let running = values.slice(0, -1).map(runningOf);
    let state = optimizer.start(layers);
    const classes = work.widths.at(-1);
    const batches = readBatches(work).map(({ inputs, labels }) => ({
      x: array(inputs, [work.batch, work.widths[0]]),
      y: nn.oneHot(np.array(labels, { dtype: np.int32 }), classes),
    }));
    const step = jit((layers, running, state, x, y) => {
      const [[loss, moved], gradients] = lossAndGradients(refs(layers), running, x, y);
      const [next, nextState] = optimizer.update(layers, gradients, state);
      return [loss, next, moved, nextState];
    });
    return stepByStep(
      batches.length,
      async (i) => {
        let loss;
        [loss, layers, running, state] = step(layers, running, state, batches[i].x.ref, batches[i].y.ref);
        await blockUntilReady([layers, running, state]);
        return (await loss.data())[0];
      },
      () => step.dispose(),
    );
  },

  inference(work) {
    const values = readLayers(work);
    const layers = values.map(trainedOf);
    const running = values.slice(0, -1).map(runningOf);
    const rows = floats(work.inputs).slice(0, work.batch * work.widths[0]);
    const x = array(rows, [work.batch, work.widths[0]]);
    const forward = jit(forwardEval);
    let logits;
    return {
      async run() {
        logits = await forward(refs(layers), refs(running), x.ref).data();
      },
      result: () => logits,
      close: () => forward.dispose(),
    };
  },

  matmul({ m, k, n, transposeA, transposeB, a, b }) {
    const left = array(floats(a), transposeA ? [k, m] : [m, k]);
    const right = array(floats(b), transposeB ? [n, k] : [k, n]);
    const multiply = jit((left, right) =>
      np.matmul(transposeA ? np.transpose(left) : left, transposeB ? np.transpose(right) : right),
    );
    let product;
    return {
      async run() {
        product?.dispose();
        product = multiply(left.ref, right.ref);
        await product.blockUntilReady();
      },
      result: () => product.ref.data(),
      close: () => multiply.dispose(),
    };
  },
});
