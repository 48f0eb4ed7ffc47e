import { describe, expect, it } from "vitest";
import type { Check, CheckId } from "./check.js";
import type { Curve, Evidence } from "./evidence.js";
import { judge } from "./judge.js";
import { testBatchNorm } from "./test-batch-norm.js";
import { CORRECT_ENDS, evidenceOf, FEED, run, train } from "./test-evidence.js";

const options = {
  features: 6,
  decay: 0.9,
  epsilon: 1e-5,
  runningVariance: "biased",
  precision: "float32",
} as const;
const layer = train(testBatchNorm(options));
const correct = evidenceOf([layer]);

function check(id: CheckId, evidence: Evidence): Check | undefined {
  return judge(evidence).checks.find((check) => check.id === id);
}

/** The same evidence with other curves in the batch-norm run. */
function withCurves(curves: Partial<Evidence["batchNormRun"]["curves"]>): Evidence {
  const { batchNormRun } = correct;
  return { ...correct, batchNormRun: { ...batchNormRun, curves: { ...batchNormRun.curves, ...curves } } };
}

describe("finite", () => {
  it("fails at the step and the place that were reported", () => {
    const batchNormRun = {
      ...correct.batchNormRun,
      firstNonFinite: { step: 12, where: "output of layer 0 (Dense)" },
    };
    expect(check("finite", { ...correct, batchNormRun })).toEqual({
      id: "finite",
      passed: false,
      value: 12,
      bound: null,
      meaning: "Training broke down at step 12. The first NaN or infinity: output of layer 0 (Dense).",
    });
  });

  it("fails at the first step where a curve shows it", () => {
    const evidence = withCurves({
      trainLoss: [
        [50, 0.3],
        [100, Number.NaN],
      ],
      testLoss: [
        [60, Number.POSITIVE_INFINITY],
        [100, 1],
      ],
    });
    expect(check("finite", evidence)).toMatchObject({
      passed: false,
      value: 60,
      meaning: "Training broke down at step 60. The first NaN or infinity: curve testLoss.",
    });
  });

  it("leaves the layers' formulas to be judged, on chosen batches alone, and nothing else", () => {
    const [layer] = correct.layers;
    const nan = { x: [Number.NaN], rows: 1 };
    const broken = {
      ...correct,
      layers: [{ ...layer, batch: nan, data: { mean: [], variance: [] } }],
      batchNormRun: {
        steps: 3,
        batchSize: 128,
        curves: { trainLoss: [], evalTrainLoss: [], testLoss: [], testAccuracy: [] },
        firstNonFinite: { step: 3, where: "the loss" },
      },
    };
    const { healthy, checks } = judge(broken);
    expect(healthy).toBe(false);
    expect(Object.fromEntries(checks.map(({ id, passed }) => [id, passed]))).toEqual({
      finite: false,
      "running-pair-replay": "inconclusive",
      "batch-statistics-update": true,
      "train-forward": true,
      "train-gradient": true,
      "eval-forward": true,
      "eval-gradient": true,
      "eval-writes-nothing": true,
      "running-pair-near-data": "inconclusive",
      "train-eval-gap": "inconclusive",
      "learns-faster-than-none": "inconclusive",
    });
    const meanings = checks.filter(({ passed }) => passed === "inconclusive").map(({ meaning }) => meaning);
    expect(new Set(meanings)).toEqual(new Set(["Not judged: the run was no longer finite at step 3."]));
  });
});

describe("train-eval-gap", () => {
  const trainLoss: Curve = [
    [50, 0.4],
    [80, 0.2],
    [100, 0.2],
  ];

  it("is judged by .15 + a quarter of the training loss, here 0.2", () => {
    const at = (evalLoss: number) =>
      check("train-eval-gap", withCurves({ trainLoss, evalTrainLoss: [[100, evalLoss]] }));
    expect(at(0.399)).toMatchObject({ passed: true, bound: 0.2 });
    expect(at(0.399)?.value).toBeCloseTo(0.199, 12);
    expect(at(0.401)).toMatchObject({
      passed: false,
      bound: 0.2,
      meaning:
        "At the end the loss on the same training data is 0.401 in eval and 0.2 in training. A correct running pair is near the data here and overfitting cannot show, so the layer computes something else in eval than it learned in training.",
    });
  });

  it("does not fail for a bad last step", () => {
    const evalTrainLoss: Curve = [
      [80, 0.2],
      [100, 1],
    ];
    expect(check("train-eval-gap", withCurves({ trainLoss, evalTrainLoss }))).toMatchObject({
      passed: "inconclusive",
      value: 0.8,
      meaning: expect.stringContaining("but shortly before it was near"),
    });
  });

  it("is inconclusive while the starting pair still weighs", () => {
    const slow = { ...options, decay: 0.99 };
    const evidence = evidenceOf([train(testBatchNorm(slow))], {
      train: 0.11,
      evalTrain: 0.66,
    });
    for (const id of ["train-eval-gap", "running-pair-near-data", "learns-faster-than-none"] as const) {
      expect(check(id, evidence)).toMatchObject({
        passed: "inconclusive",
        meaning:
          "Not judged: after 100 steps the starting values (0, 1) still make up 37 % of the running mean and variance; from below 1 % on they no longer matter.",
      });
    }
    expect(judge(evidence).healthy).toBe(true);
  });

  it("is inconclusive where even a correct pair is far from the data: batches of two rows", () => {
    const feed = { ...FEED, rows: 2 };
    const evidence = evidenceOf([train(testBatchNorm(options), feed)], {
      train: 0.3,
      evalTrain: 2,
    });
    for (const id of ["train-eval-gap", "running-pair-near-data"] as const) {
      expect(check(id, evidence)).toMatchObject({
        passed: "inconclusive",
        meaning: expect.stringMatching(
          /^Not judged: after these batches even a correct running pair is [\d.]+ deviations off/,
        ),
      });
    }
    expect(judge(evidence).healthy).toBe(true);
  });
});

describe("running-pair-near-data", () => {
  it("fails from half a deviation on, for the layer at fault", () => {
    const state = layer.subject.read();
    const movedBy = (deviations: number) => {
      const popMean = Float32Array.from(
        layer.data.mean,
        (mean, c) => mean + deviations * Math.sqrt(layer.data.variance[c]),
      );
      const subject = { ...layer.subject, read: () => ({ ...state, popMean }), write: () => {} };
      return check("running-pair-near-data", { ...correct, layers: [{ ...layer, subject }] });
    };
    expect(movedBy(0.49)).toMatchObject({ passed: true, bound: 0.5 });
    expect(movedBy(0.51)).toMatchObject({ passed: false, bound: 0.5 });
    expect(movedBy(0.51)?.value).toBeCloseTo(0.51, 3);
    expect(movedBy(0.51)?.meaning).toMatch(
      /^layer 1 \(BatchNorm\): the running pair is 0\.51 deviations off the data's mean/,
    );
  });

  it("blames a layer whose replay is near, whatever another layer's replay does", () => {
    const wrong = { ...train(testBatchNorm(options)), name: "layer 4 (BatchNorm)" };
    wrong.subject.write({ popMean: Array(6).fill(0), popVar: Array(6).fill(1) });
    const small = train(testBatchNorm(options), { ...FEED, rows: 2 });
    expect(check("running-pair-near-data", evidenceOf([small, wrong]))).toMatchObject({
      passed: false,
      meaning: expect.stringMatching(/^layer 4/),
    });
  });

  it("fails for a negative running variance", () => {
    const popVar = new Float32Array(options.features).fill(-1);
    const subject = { ...layer.subject, read: () => ({ ...layer.subject.read(), popVar }), write: () => {} };
    const found = check("running-pair-near-data", { ...correct, layers: [{ ...layer, subject }] });
    expect(found).toMatchObject({ passed: false, value: null });
  });
});

describe("learns-faster-than-none", () => {
  const level = (loss: number): Curve => [
    [50, 3],
    [100, loss],
  ];
  const compare = (loss: number, baseline: number, batchSize = 128, unlikeMeasured?: string) => {
    const { baselineRun } = correct;
    return check("learns-faster-than-none", {
      ...correct,
      unlikeMeasured,
      batchNormRun: { ...withCurves({ trainLoss: level(loss) }).batchNormRun, batchSize },
      baselineRun: {
        ...baselineRun,
        batchSize,
        curves: { ...baselineRun.curves, trainLoss: level(baseline) },
      },
    });
  };

  it("praises nobody where neither network learned", () => {
    expect(compare(2.8, 2.96)).toMatchObject({
      passed: "inconclusive",
      meaning: expect.stringContaining("learned next to nothing"),
    });
    expect(compare(2.6, 2.96)).toMatchObject({ passed: true });
  });

  it("passes up to a ratio of .95", () => {
    expect(compare(0.94, 1)).toMatchObject({
      passed: true,
      value: 0.94,
      bound: 0.95,
      meaning:
        "Over the second half of the steps the training loss averaged 0.94 with batch norm and 1 without: batch norm speeds up training.",
    });
  });

  it("is inconclusive between", () => {
    expect(compare(0.96, 1)).toMatchObject({ passed: "inconclusive", value: 0.96, bound: 0.95 });
    expect(compare(1.74, 1)).toMatchObject({ passed: "inconclusive", value: 1.74, bound: 0.95 });
  });

  it("fails from a ratio of 1.75 on", () => {
    expect(compare(1.76, 1)).toMatchObject({
      passed: false,
      value: 1.76,
      bound: 0.95,
      meaning:
        "Over the second half of the steps the training loss averaged 1.76 with batch norm and 1 without. No correct batch norm slows training down this much at this batch size: its gradient or its training output is wrong.",
    });
  });

  it("does not fail where training was unlike that of the measured runs, and passes as ever", () => {
    const unlike = (loss: number) => compare(loss, 1, 128, "RMSprop");
    expect(unlike(1.76)).toMatchObject({
      passed: "inconclusive",
      value: 1.76,
      bound: 0.95,
      meaning:
        "Over the second half of the steps the training loss averaged 1.76 with batch norm and 1 without: grossly slower, but with RMSprop even a correct batch norm may be.",
    });
    expect(unlike(1.74)).toEqual(compare(1.74, 1));
    expect(unlike(0.94)).toEqual(compare(0.94, 1));
  });

  it("does not fail where both losses are tiny", () => {
    expect(compare(0.1, 0.01)?.passed).toBe("inconclusive");
    expect(compare(0.12, 0.01)?.passed).toBe(false);
  });

  it("does not fail where the network without batch norm learned nothing either", () => {
    expect(compare(30, 2.69)?.passed).toBe(false);
    expect(compare(30, 2.71)).toMatchObject({
      passed: "inconclusive",
      bound: 0.95,
      meaning:
        "Over the second half of the steps the training loss averaged 30 with batch norm and 2.71 without: that one learned next to nothing, so the fault may be the learning rate's.",
    });
    expect(compare(2, 2.9)?.passed).toBe(true);
  });

  it("is inconclusive for small batches", () => {
    expect(compare(2, 1, 63)).toMatchObject({
      passed: "inconclusive",
      value: null,
      meaning:
        "Not judged: with batches of 63 rows even a correct batch norm may learn more slowly than none; from 64 rows on it should not.",
    });
    expect(compare(2, 1, 64)?.passed).toBe(false);
  });

  it("is inconclusive for few steps", () => {
    const feed = { ...FEED, steps: 49 };
    const evidence = evidenceOf([train(testBatchNorm(options), feed)], {
      train: 2,
      evalTrain: 2,
    });
    expect(check("learns-faster-than-none", evidence)).toMatchObject({
      passed: "inconclusive",
      meaning: "Not judged: 49 steps are too few to compare speeds; 50 are enough.",
    });
  });

  it("is inconclusive where the baseline broke down, which is not the batch norm's fault", () => {
    const baselineRun = { ...run(CORRECT_ENDS, 7), firstNonFinite: { step: 7, where: "the loss" } };
    const evidence = { ...correct, baselineRun };
    expect(check("learns-faster-than-none", evidence)).toMatchObject({
      passed: "inconclusive",
      meaning:
        "Not judged: the network without batch norm broke down at step 7, so there is nothing to compare with.",
    });
    expect(judge(evidence).healthy).toBe(true);
  });
});
