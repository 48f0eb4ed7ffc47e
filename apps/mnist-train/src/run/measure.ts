import { softmaxCrossEntropy } from "@handgrad/layers";
import { batches, type Examples, evaluate, layerOutputs, locateNonFinite } from "@handgrad/training";
import type { Model, Network } from "laboratory";
import { type Digits, sliceDigits } from "./digits.js";
import { runningPairDistance } from "./running-pair-distance.js";
import type { Settings } from "./settings.js";

/** Test digits that are also classified one at a time. */
const SINGLES = 200;

/** What a network is worth in eval mode: one number for each curve. */
export async function measureEval(
  { model }: Network,
  { train, test }: Digits,
): Promise<Record<"evalTrainLoss" | "testLoss" | "testAccuracy" | "testAccuracyOneAtATime", number>> {
  const onTrain = await evaluate(model, train);
  const onTest = await evaluate(model, test);
  const oneAtATime = await evaluate(model, sliceDigits(test, 0, Math.min(SINGLES, test.labels.data.length)), {
    batchSize: 1,
  });
  return {
    evalTrainLoss: onTrain.loss,
    testLoss: onTest.loss,
    testAccuracy: onTest.accuracy,
    testAccuracyOneAtATime: oneAtATime.accuracy,
  };
}

/** Where the running pairs stand after `step` ≥ 1 steps: one number for each curve, none without batch norm. */
export function measureRunningPair(
  network: Network,
  { decay }: Settings,
  step: number,
): Record<string, number> {
  if (network.batchNorms.length === 0) return {};
  const { mean, variance } = runningPairDistance(network);
  return {
    runningMeanDistance: mean,
    runningVarianceRatio: variance,
    weightOfInitialPair: decay === "cumulative" ? 0 : decay ** step,
  };
}

/** The first place that is not finite when `model` meets `examples` in eval mode; undefined where the loss is finite. */
export function locateNonFiniteEval(model: Model, examples: Examples<number>): string | undefined {
  for (const { inputs, labels } of batches(examples, { batchSize: 256 })) {
    const outputs = layerOutputs(model, inputs, "eval");
    const { loss } = softmaxCrossEntropy(outputs[outputs.length - 1], labels);
    if (!Number.isFinite(loss)) return locateNonFinite(model.layers, inputs, outputs);
  }
  return undefined;
}
