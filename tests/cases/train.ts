import {
  type AnyLayer,
  Dense,
  meanSquaredError,
  Sequential,
  Sigmoid,
  softmaxCrossEntropy,
} from "@handgrad/layers";
import { type FloatDType, ones, type Rows, sum } from "@handgrad/tensor";
import { batchNormOf } from "./batch-norm.js";
import {
  type Actual,
  type Json,
  NotApplicable,
  type Numbers,
  type Replayer,
  type Table,
  toRows,
} from "./case.js";
import { noSampleWeights, requireOneHot, summed } from "./losses.js";
import { optimizerOf } from "./optimizers.js";

type Description = Readonly<Record<string, Json>>;

function layerOf(layer: Description, dtype: FloatDType): AnyLayer {
  switch (layer.type) {
    case "dense": {
      const weight = layer.W as Table;
      const dense = new Dense(weight.length, weight[0].length, { bias: layer.b !== null, dtype });
      dense.params.weight.value.data.set(weight.flat());
      dense.params.bias?.value.data.set(layer.b as Numbers);
      return dense;
    }
    case "bn": {
      const params = { ...layer, running_var: layer.running_var_update };
      const { running_mean, running_var, gamma } = layer;
      return batchNormOf({ params, inputs: { x: [gamma], running_mean, running_var } }, dtype);
    }
    case "sigmoid":
      return new Sigmoid();
    default:
      throw new Error(`unknown layer ${layer.type}`);
  }
}

/** The loss and its gradient by the outputs. */
function lossOf(name: Json, y: Rows<number, FloatDType>, target: Json, dtype: FloatDType) {
  switch (name) {
    case "xent_logits":
      return softmaxCrossEntropy(y, requireOneHot(target, dtype));
    case "mse":
      return meanSquaredError(y, toRows(target, dtype));
    case "sse":
      return summed(meanSquaredError(y, toRows(target, dtype)));
    case "sum_output":
      return { loss: sum(y).data[0], gradient: ones(y.shape, dtype) };
    default:
      throw new NotApplicable(`no loss ${name} yet`);
  }
}

/** What a case may expect of a layer in the end, by its own names. */
function endOf({ params, state }: AnyLayer): Readonly<Record<string, Actual>> {
  const parts: Record<string, Actual | undefined> = {
    W: params?.weight?.value,
    b: params?.bias?.value,
    gamma: params?.gamma?.value,
    beta: params?.beta?.value,
    running_mean: state?.popMean,
    running_var: state?.popVar,
  };
  return parts as Record<string, Actual>;
}

/** Copies of the dense layers' weights, as `l0_W`, `l0_b`, `l2_W`, … */
function weightsOf(layers: readonly AnyLayer[]): Readonly<Record<string, Actual>> {
  return Object.fromEntries(
    layers.flatMap(({ params }, index) => [
      [`l${index}_W`, params?.weight?.value.data.slice() ?? []],
      [`l${index}_b`, params?.bias?.value.data.slice() ?? []],
    ]),
  );
}

const replay: Replayer = ({ params, inputs, expected }, dtype) => {
  const descriptions = params.layers as readonly Description[];
  const layers = descriptions.map((layer) => layerOf(layer, dtype));
  const model = new Sequential(...layers);
  const trained = Object.entries(model.parameters()).filter(
    ([path]) => !descriptions[Number.parseInt(path, 10)].frozen,
  );
  const optimizer = optimizerOf(Object.fromEntries(trained), params.optimizer as Description);

  const batches = inputs.batches as readonly Description[];
  const losses: number[] = [];
  const iterations = Object.keys((expected.params_after_iteration ?? {}) as Description);
  const snapshots: Record<string, Actual> = {};
  for (let step = 0; step < (params.steps as number); step++) {
    const { x, y, sample_weight } = batches[step % batches.length];
    if (sample_weight) throw new NotApplicable(`no sample weights ${noSampleWeights}`);
    const { loss, gradient } = lossOf(params.loss, model.forward(toRows(x, dtype), "train"), y, dtype);
    optimizer.zeroGrad();
    model.backward(gradient);
    optimizer.step();
    losses.push(loss);
    // "0" is after the first step.
    if (iterations.includes(String(step))) snapshots[step] = weightsOf(layers);
  }
  const epochs = (expected.epoch_mean_losses as Numbers | undefined)?.length ?? 1;
  const stepsAnEpoch = losses.length / epochs;
  return {
    losses,
    params_after_iteration: snapshots,
    final_layers: Object.fromEntries(layers.map((layer, index) => [index, endOf(layer)])),
    epoch_mean_losses: Array.from({ length: epochs }, (_, epoch) => {
      const own = losses.slice(epoch * stepsAnEpoch, (epoch + 1) * stepsAnEpoch);
      return own.reduce((total, loss) => total + loss, 0) / own.length;
    }),
  };
};

export const trainReplayers: Readonly<Record<string, Replayer>> = { train: replay };
