import { BatchNorm, Dense, ReLU, Sequential, softmaxCrossEntropy } from "@handgrad/layers";
import { cast, fromData, normal, Random, sliceRows, tensor } from "@handgrad/tensor";
import "testing";
import { describe, expect, it } from "vitest";
import { batches } from "../batches/batches.js";
import { mapBatches } from "../batches/map-batches.js";
import { evaluate } from "../metrics/evaluate.js";
import { Adam, AdamW } from "../optimizers/adam.js";
import { noDecayOnNormsAndBiases } from "../optimizers/parameter-groups.js";
import { SGD } from "../optimizers/sgd.js";
import { ReduceOnPlateau } from "../schedules/reduce-on-plateau.js";
import type { StepInfo } from "./callback.js";
import { fit } from "./fit.js";
import { NonFiniteLossError } from "./non-finite.js";

/** Three clusters in the plane, one a class. */
function clusters(count: number, seed: number) {
  const rng = new Random(seed);
  const inputs = normal([count, 2], rng, { deviation: 0.3 });
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  for (const [i, label] of labels.entries()) {
    inputs.data[2 * i] += [0, 2, 0][label];
    inputs.data[2 * i + 1] += [0, 0, 2][label];
  }
  return { inputs, labels: fromData(labels, [count]) };
}

function setUp(seed: number) {
  const rng = new Random(seed);
  const model = new Sequential(
    new Dense(2, 16, { rng }),
    new BatchNorm(16),
    new ReLU(),
    new Dense(16, 3, { rng }),
  );
  return { model, optimizer: new SGD(model.parameters(), { learningRate: 0.1, momentum: 0.9 }), rng };
}

describe("fit", () => {
  it("trains with label smoothing and class weights", async () => {
    const crossEntropy = { labelSmoothing: 0.1, classWeights: [1, 2, 0.5] };
    const data = clusters(12, 1);
    const { model, optimizer } = setUp(1);
    const { loss } = softmaxCrossEntropy(model.forward(data.inputs, "train"), data.labels, crossEntropy);
    const losses: number[] = [];
    const onStep = (info: StepInfo) => losses.push(info.loss);
    await fit(model, batches(data, { batchSize: 12 }), { epochs: 1, optimizer, crossEntropy, onStep });
    expect(losses).toEqual([loss]);
  });

  it("learns, reports every step, and repeats itself bit for bit", async () => {
    const run = async () => {
      const { model, optimizer, rng } = setUp(1);
      const steps: StepInfo[] = [];
      const epochs: number[] = [];
      await fit(model, batches(clusters(90, 2), { batchSize: 32, rng }), {
        epochs: 5,
        optimizer,
        onStep: (info) => steps.push(info),
        onEpoch: async ({ epoch }) => {
          epochs.push(epoch);
        },
      });
      return { model, steps, epochs };
    };
    const first = await run();
    expect(first.epochs).toEqual([1, 2, 3, 4, 5]);
    expect(first.steps).toHaveLength(15);
    expect(first.steps[3]).toMatchObject({ step: 4, epoch: 2, rows: 32 });
    expect(first.steps[2].rows).toBe(26);
    const { loss, accuracy } = await evaluate(first.model, clusters(300, 3));
    expect(accuracy).toBeGreaterThan(0.97);
    expect(loss).toBeLessThan(0.2);
    const second = await run();
    expect(second.steps).toEqual(first.steps);
    expect(second.model.stateDict()).toEqual(first.model.stateDict());
  });

  it("lets the event loop run", async () => {
    const { model, optimizer } = setUp(1);
    let turns = 0;
    let waiting = true;
    const tick = () => {
      turns++;
      if (waiting) setImmediate(tick);
    };
    setImmediate(tick);
    const slow = Date.now();
    await fit(model, batches(clusters(4, 1), { batchSize: 4 }), {
      epochs: 4,
      optimizer,
      onStep: () => {
        const until = Date.now() + 60;
        while (Date.now() < until);
      },
    });
    waiting = false;
    expect(Date.now() - slow).toBeGreaterThan(200);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it("names the step and the first place that is not finite", async () => {
    const poisoned = clusters(8, 1);
    poisoned.inputs.data[5] = Number.NaN;
    const { model, optimizer } = setUp(1);
    const epoch = { epochs: 1, optimizer };
    await expect(fit(model, batches(poisoned, { batchSize: 8 }), epoch)).rejects.toThrow(
      "fit: the loss is NaN at step 1; the first value that is not finite is in the batch's inputs",
    );

    model.parameters()["3.weight"].value.data[0] = Number.POSITIVE_INFINITY;
    await expect(fit(model, batches(clusters(8, 1), { batchSize: 8 }), epoch)).rejects.toThrow(
      "in weight of layer 3 (Dense)",
    );

    const huge = setUp(1);
    for (const { value } of Object.values(huge.model.parameters())) value.data.fill(3e38);
    const error = await fit(huge.model, batches(clusters(8, 1), { batchSize: 8 }), {
      epochs: 1,
      optimizer: huge.optimizer,
    }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(NonFiniteLossError);
    expect(error).toMatchObject({ step: 1, where: "the output of layer 0 (Dense)" });
  });

  it("says what is wrong with epochs and empty passes", async () => {
    const { model, optimizer } = setUp(1);
    await expect(fit(model, [], { epochs: 0, optimizer })).rejects.toThrow(
      "fit: epochs must be a positive integer, got 0",
    );
    await expect(fit(model, [], { epochs: 1, optimizer })).rejects.toThrow("fit: epoch 1 has no batch");
    const expected =
      "must be an iterable of { inputs, labels }, such as batches(examples, { batchSize: 32 })";
    await expect(fit(model, clusters(8, 1) as never, { epochs: 1, optimizer })).rejects.toThrow(
      `fit: batches ${expected}`,
    );
    await expect(evaluate(model, {} as never)).rejects.toThrow(`evaluate: data ${expected}`);
  });

  it("refuses the optimiser of another model, which would train nothing", async () => {
    const { model } = setUp(1);
    const { optimizer } = setUp(1);
    await expect(fit(model, [clusters(8, 1)], { epochs: 1, optimizer })).rejects.toThrow(
      new RangeError(
        "fit: optimizer must have parameters of the model, got none: give it model.parameters()",
      ),
    );
  });
});

describe("fit's options", () => {
  const single = () => {
    const model = new Sequential(new Dense(2, 3, { rng: new Random(1), dtype: "float64" }));
    return { model, parameters: model.parameters() };
  };
  const doubles = (count: number) => {
    const { inputs, labels } = clusters(count, 4);
    return { inputs: cast(inputs, "float64"), labels };
  };

  it("follows a schedule from step 0 of the run, and reports the learning rate of each step", async () => {
    const { model, parameters } = single();
    const optimizer = new SGD(parameters, { learningRate: 9 });
    const rates: number[] = [];
    await fit(model, batches(doubles(6), { batchSize: 3 }), {
      epochs: 2,
      optimizer,
      schedule: (step) => 1 / (step + 1),
      onStep: ({ learningRate }) => rates.push(learningRate),
    });
    expect(rates).toEqual([1, 1 / 2, 1 / 3, 1 / 4]);

    const own = single();
    const byHand = new SGD(own.parameters, { learningRate: 1 });
    await fit(own.model, batches(doubles(6), { batchSize: 3 }), {
      epochs: 2,
      optimizer: byHand,
      onStep: ({ step }) => {
        byHand.learningRate = 1 / (step + 1);
      },
    });
    expect(own.model.stateDict()).toEqual(model.stateDict());
    await expect(
      fit(model, batches(doubles(6), { batchSize: 3 }), { epochs: 1, optimizer, schedule: () => -1 }),
    ).rejects.toThrow("SGD: learningRate must be 0 or a positive number, got -1");
  });

  it("clips what the update follows, and reports the norm from before", async () => {
    const run = async (clip: { norm: number } | { value: number } | undefined) => {
      const { model, parameters } = single();
      const before = model.stateDict();
      const infos: StepInfo[] = [];
      await fit(model, batches(doubles(30), { batchSize: 30 }), {
        epochs: 1,
        optimizer: new SGD(parameters, { learningRate: 1 }),
        ...(clip && { clip }),
        onStep: (info) => infos.push(info),
      });
      const moves = Object.entries(model.stateDict()).flatMap(([path, { data }]) =>
        Array.from(data, (value, i) => value - before[path].data[i]),
      );
      return { moves, norm: Math.hypot(...moves), info: infos[0] };
    };
    const free = await run(undefined);
    expect(free.info).not.toHaveProperty("gradientNorm");
    const byNorm = await run({ norm: 0.01 });
    expect(free.norm).toBeGreaterThan(0.1);
    expect(byNorm.info.gradientNorm).toBeAllClose(free.norm);
    expect(byNorm.norm).toBeAllClose((0.01 * free.norm) / (free.norm + 1e-6));
    const byValue = await run({ value: 0.01 });
    expect(byValue.info).not.toHaveProperty("gradientNorm");
    expect(byValue.moves).toBeAllClose(free.moves.map((move) => Math.min(0.01, Math.max(-0.01, move))));
    await expect(run({ norm: 0 })).rejects.toThrow("clipGradNorm: maxNorm must be a positive number, got 0");
    await expect(run({ value: -1 })).rejects.toThrow(
      "clipGradValue: maxValue must be a positive number, got -1",
    );
  });

  it("accumulates batches into the step of one larger batch, the rest of an epoch included", async () => {
    const run = async (batchSize: number, accumulate: number) => {
      const { model, parameters } = single();
      const infos: StepInfo[] = [];
      await fit(model, batches(doubles(22), { batchSize }), {
        epochs: 2,
        optimizer: new Adam(parameters, { learningRate: 0.1 }),
        accumulate,
        onStep: (info) => infos.push(info),
      });
      return { infos, state: model.stateDict() };
    };
    // 22 rows: batches of 4, 4, 4 make a step, then 4, 4, 2, of unequal weight.
    const whole = await run(12, 1);
    const parts = await run(4, 3);
    expect(parts.infos.map(({ step, epoch, rows }) => [step, epoch, rows])).toEqual([
      [1, 1, 12],
      [2, 1, 10],
      [3, 2, 12],
      [4, 2, 10],
    ]);
    expect(parts.infos.map(({ loss }) => loss)).toBeAllClose(whole.infos.map(({ loss }) => loss));
    for (const [path, { data }] of Object.entries(whole.state))
      expect(parts.state[path].data).toBeAllClose(data);
    // 5 batches of 5, 5, 5, 5, 2 in steps of 2: the last step is one batch of 2.
    expect((await run(5, 2)).infos.map(({ rows }) => rows)).toEqual([10, 10, 2, 10, 10, 2]);
    await expect(run(4, 0)).rejects.toThrow("fit: accumulate must be a positive integer, got 0");
  });

  it("takes batches from any iterable, and from an asynchronous one, with the same bits", async () => {
    const list = [...batches(clusters(50, 2), { batchSize: 8 })];
    const asynchronous = {
      async *[Symbol.asyncIterator]() {
        for (const batch of list) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          yield batch;
        }
      },
    };
    const results = [];
    for (const source of [list, new Set(list), asynchronous, mapBatches(list, (batch) => ({ ...batch }))]) {
      const { model, optimizer } = setUp(1);
      await fit(model, source, { epochs: 3, optimizer });
      const { loss, confusion } = await evaluate(model, source);
      results.push([model.stateDict(), loss, confusion.counts]);
    }
    for (const result of results) expect(result).toEqual(results[0]);
  });

  it("says so where a generator is asked for a second epoch, and where examples are missing or wrong", async () => {
    const { model, optimizer } = setUp(1);
    function* once() {
      yield* batches(clusters(6, 1), { batchSize: 3 });
    }
    await expect(fit(model, once(), { epochs: 2, optimizer })).rejects.toThrow(
      "fit: epoch 2 has no batch: each epoch is a pass of its own, and a generator gives only one",
    );
    const { inputs, labels } = clusters(6, 1);
    const options = { epochs: 1, optimizer };
    await expect(
      fit(model, [{ inputs: sliceRows(inputs, 0, 0), labels: sliceRows(labels, 0, 0) }], options),
    ).rejects.toThrow("fit at step 1: inputs must be [N>=1, N], got [0, 2] (axis 0 is 0, less than 1)");
    await expect(fit(model, [{ inputs, labels: sliceRows(labels, 0, 5) }], options)).rejects.toThrow(
      "fit at step 1: labels must be [6], got [5] (axis 0 is 5, not 6)",
    );
    labels.data[4] = 3;
    const outside = "labels must be classes from 0 to 2, got 3 in row 4";
    await expect(fit(model, [{ inputs, labels }], options)).rejects.toThrow(`fit at step 1: ${outside}`);
    await expect(evaluate(model, { inputs, labels })).rejects.toThrow(`evaluate: ${outside}`);
  });

  it("refuses examples of another number of classes than the model has outputs", async () => {
    const { model, optimizer } = setUp(1);
    const message = "the examples have 10 classes, but the model has 3 outputs";
    const examples = { ...clusters(6, 1), classes: 10 };
    await expect(fit(model, batches(examples, { batchSize: 3 }), { epochs: 1, optimizer })).rejects.toThrow(
      `fit at step 1: ${message}`,
    );
    await expect(evaluate(model, examples)).rejects.toThrow(`evaluate: ${message}`);
    await fit(model, batches({ ...examples, classes: 3 }, { batchSize: 3 }), { epochs: 1, optimizer });
  });

  it("learns with a schedule, groups, clipping, accumulation and ReduceOnPlateau together", async () => {
    const { model, rng } = setUp(3);
    const optimizer = new AdamW(model.parameters(), {
      learningRate: 0.02,
      groups: [noDecayOnNormsAndBiases],
    });
    const plateau = new ReduceOnPlateau(optimizer, { patience: 0, factor: 0.5 });
    const validation = clusters(60, 8);
    const rates: number[] = [];
    await fit(model, batches(clusters(90, 2), { batchSize: 16, rng }), {
      epochs: 12,
      optimizer,
      clip: { norm: 1 },
      accumulate: 2,
      onEpoch: async () => {
        rates.push(plateau.step((await evaluate(model, validation)).loss));
      },
    });
    const { accuracy, confusion } = await evaluate(model, clusters(300, 3));
    expect(accuracy).toBeGreaterThan(0.97);
    expect(confusion.rows).toBe(300);
    expect(rates).toHaveLength(12);
    expect(rates.every((rate, i) => i === 0 || rate <= rates[i - 1])).toBe(true);
  });
});

describe("evaluate", () => {
  it("says so where there is nothing to evaluate", async () => {
    const { model } = setUp(1);
    await expect(evaluate(model, [])).rejects.toThrow("evaluate: there is no batch");
    const { inputs, labels } = clusters(3, 1);
    await expect(
      evaluate(model, { inputs: sliceRows(inputs, 0, 0), labels: sliceRows(labels, 0, 0) }),
    ).rejects.toThrow("batches: inputs must be [N>=1, N], got [0, 2]");
  });

  it("changes nothing, and its batch size changes no bit of the accuracy", async () => {
    const { model } = setUp(1);
    model.forward(clusters(30, 1).inputs, "train");
    const before = model.stateDict();
    const whole = await evaluate(model, clusters(50, 2));
    const single = await evaluate(model, clusters(50, 2), { batchSize: 1 });
    expect(single.accuracy).toBe(whole.accuracy);
    expect(Math.abs(single.loss - whole.loss)).toBeLessThan(1e-12);
    expect(model.stateDict()).toEqual(before);
  });

  it("counts hits", async () => {
    const model = new Sequential(new Dense(2, 2));
    model.loadStateDict({
      "0.weight": tensor([
        [1, 0],
        [0, 1],
      ]),
      "0.bias": tensor([0, 0]),
    });
    const examples = {
      inputs: tensor([
        [1, 0],
        [0, 1],
        [1, 0],
        [0, 1],
      ]),
      labels: tensor([0, 1, 1, 1], "int32"),
    };
    expect((await evaluate(model, examples)).accuracy).toBe(0.75);
  });
});
