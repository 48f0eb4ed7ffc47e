import { BatchNorm, Dense, ReLU, Sequential } from "@handgrad/layers";
import { engine, fromData, kernels, type Rows, resident, threads } from "@handgrad/tensor";
import { Adam, type Examples, fit, SGD } from "@handgrad/training";
import { floats, readBatches, readLayers, serve } from "../peers/serve.mjs";

/** handgrad as one contender. HANDGRAD_ENGINE and HANDGRAD_THREADS say how it computes. */

const optimizers = { sgd: SGD, adam: Adam };

function modelOf(work: { readonly widths: readonly number[]; readonly parameters: string }) {
  const layers = readLayers(work).flatMap(({ in: width, out, weight, bias, gamma, beta, mean, variance }) => {
    const dense = new Dense(width, out);
    dense.params.weight.value.data.set(weight);
    dense.params.bias?.value.data.set(bias);
    if (!gamma || !beta || !mean || !variance) return [dense];
    const norm = new BatchNorm(out);
    norm.params.gamma.value.data.set(gamma);
    norm.params.beta.value.data.set(beta);
    norm.state.popMean.data.set(mean);
    norm.state.popVar.data.set(variance);
    return [dense, norm, new ReLU()];
  });
  return new Sequential(...layers) as Sequential<number, number, "float32">;
}

function* take(batches: readonly Examples[], from: number, count: number): Generator<Examples> {
  for (let i = 0; i < count; i++) yield batches[(from + i) % batches.length];
}

serve({
  hello: () => ({
    library: `handgrad ${engine()}`,
    threads: threads(),
  }),

  training(work) {
    const model = modelOf(work);
    const optimizer = new optimizers[work.optimizer](model.parameters(), { learningRate: work.learningRate });
    const batches = readBatches(work).map(({ inputs, labels }) => ({
      inputs: fromData(inputs, [work.batch, work.widths[0]]),
      labels: fromData(labels, [work.batch]),
    }));
    let done = 0;
    return {
      async steps(count) {
        const losses: number[] = [];
        const milliseconds: number[] = [];
        let last = performance.now();
        await fit(model, take(batches, done, count), {
          epochs: 1,
          optimizer,
          onStep({ loss }) {
            const now = performance.now();
            losses.push(loss);
            milliseconds.push(now - last);
            last = now;
          },
        });
        done += count;
        return { losses, milliseconds };
      },
    };
  },

  inference(work) {
    const model = modelOf(work);
    const x = fromData(floats(work.inputs).slice(0, work.batch * work.widths[0]), [
      work.batch,
      work.widths[0],
    ]);
    let logits: Rows<number> | undefined;
    return {
      run() {
        logits = model.forward(x, "eval");
      },
      result: () => logits?.data ?? [],
    };
  },

  // In the engine's own storage, as the parameters and activations of a training run are.
  matmul({ m, k, n, transposeA, transposeB, a, b }) {
    const [left, right, out] = [floats(a), floats(b), new Float32Array(m * n)].map(
      (data) => resident(fromData(data, [data.length])).data,
    );
    return {
      run: () => kernels().matmul(out, left, right, m, k, n, transposeA, transposeB, false),
      result: () => out,
    };
  },
});
