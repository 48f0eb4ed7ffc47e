import { Dense, Sequential } from "@handgrad/layers";
import { Random, tensor } from "@handgrad/tensor";
import {
  AdamW,
  batches,
  type Callback,
  cosineSchedule,
  earlyStopping,
  evaluate,
  fit,
  mapBatches,
  SGD,
} from "../index.js";

const model = new Sequential(new Dense(2, 3));
const optimizer = new AdamW(model.parameters());
const examples = { inputs: tensor([[1, 2]]), labels: tensor([0], "int32") };
const wide = { inputs: tensor([[1, 2, 3]]), labels: tensor([0], "int32") };
const doubles = { inputs: tensor([[1, 2]], "float64"), labels: tensor([0], "int32") };
const pass = batches(examples, { batchSize: 1, rng: new Random(1) });
async function* stream() {
  yield* pass;
}
const settings = { epochs: 1, optimizer };

fit(model, pass, settings);
fit(model, [examples], {
  ...settings,
  schedule: cosineSchedule({ learningRate: 1, steps: 2 }),
  accumulate: 2,
});
fit(model, stream(), { ...settings, clip: { norm: 1 } });
fit(
  model,
  mapBatches(stream(), async (batch) => batch),
  settings,
);
evaluate(model, examples);
evaluate(model, pass);
evaluate(model, stream());

// @ts-expect-error rows of 3 features
fit(model, [wide], settings);
// @ts-expect-error rows of 3 features
evaluate(model, wide);
// @ts-expect-error float64 rows
fit(model, [doubles], settings);
// @ts-expect-error examples are no batches
fit(model, examples, settings);
// @ts-expect-error one or the other
fit(model, pass, { ...settings, clip: { limit: 1 } });
// @ts-expect-error an option of another optimiser
new SGD(model.parameters(), { beta1: 0.9 });
// @ts-expect-error paths are found by a regular expression
new SGD(model.parameters(), { groups: [{ paths: "bias" }] });

const counting: Callback = {
  onStep: ({ step }, { stop }) => step === 10 && stop("enough"),
  save: () => ({ count: 1 }),
  restore: ({ count }: { count: number }) => count,
};
fit(model, pass, { ...settings, callbacks: [counting, earlyStopping({ monitor: "training loss" })] });
fit(model, pass, { ...settings, validation: examples, signal: AbortSignal.timeout(1000) });
fit(model, pass, settings).then(({ epochs }) => epochs[0].validation?.accuracy);
// @ts-expect-error validation of rows of 3 features
fit(model, pass, { ...settings, validation: wide });
// @ts-expect-error no figure that fit knows
earlyStopping({ monitor: "bleu" });
