import { BatchNorm, Dense, Dropout, GELU, ReLU, Sequential } from "@handgrad/layers";
import { fromData, normal, Random, threads, uniform, useThreads } from "@handgrad/tensor";
import { AdamW, batches, cosineSchedule, evaluate, fit, noDecayOnNormsAndBiases } from "@handgrad/training";

/** FNV-1a of bytes, in two lanes of 32 bits: the same in every runtime, without any of their libraries. */
class Hash {
  #a = 0x811c9dc5;
  #b = 0x01000193;

  add({ buffer, byteOffset, byteLength }: Float32Array | Float64Array | Int32Array | Uint8Array): void {
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
      this.#a = Math.imul(this.#a ^ byte, 0x01000193);
      this.#b = Math.imul(this.#b ^ byte, 0x5bd1e995) ^ (this.#a >>> 15);
    }
  }

  get text(): string {
    return [this.#a, this.#b].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
  }
}

/**
 * A short training of all that could differ: shuffled batches, batch norm, dropout, exponentials, roots, a cosine, and
 * layers that are large enough for threads to share them. The hash is of every step's loss, what eval finds in the end,
 * and every weight, running statistic and moment.
 */
export async function train(count: number): Promise<{ hash: string; threads: number }> {
  useThreads(count);
  const rng = new Random(1);
  const rows = 512;
  const labels = Int32Array.from({ length: rows }, (_, i) => i % 10);
  const inputs = uniform([rows, 300], rng);
  for (const [i, label] of labels.entries()) inputs.data[300 * i + label] += 1;
  const noise = normal([rows, 300], rng, { deviation: 0.1 });
  for (let i = 0; i < inputs.data.length; i++) inputs.data[i] += noise.data[i];
  const examples = { inputs, labels: fromData(labels, [rows]) };
  const model = new Sequential(
    new Dense(300, 256, { rng }),
    new BatchNorm(256),
    new GELU(),
    new Dropout(0.2, { rng }),
    new Dense(256, 128, { rng }),
    new BatchNorm(128),
    new ReLU(),
    new Dense(128, 10, { rng }),
  );
  const optimizer = new AdamW(model.parameters(), { groups: [noDecayOnNormsAndBiases] });
  const hash = new Hash();
  await fit(model, batches(examples, { batchSize: 128, rng }), {
    epochs: 5,
    optimizer,
    schedule: cosineSchedule({ learningRate: 0.01, steps: 20, warmup: 4 }),
    clip: { norm: 1 },
    onStep: async ({ loss, step }) => {
      hash.add(Float64Array.of(loss));
      // Worker threads come up meanwhile, and have their share of all further steps.
      if (step === 1) await new Promise((resolve) => setTimeout(resolve, 300));
    },
  });
  hash.add(Float64Array.of((await evaluate(model, examples)).loss));
  for (const { data } of Object.values({ ...model.stateDict(), ...optimizer.stateDict() })) hash.add(data);
  return { hash: hash.text, threads: threads() };
}
