import { BatchNorm, Dense, ReLU, Sequential } from "@handgrad/layers";
import { fromData, normal, Random, tensor } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { batches } from "./batches.js";
import { evaluate } from "./evaluate.js";
import { fit, type StepInfo } from "./fit.js";
import { NonFiniteLossError } from "./non-finite.js";
import { SGD } from "./sgd.js";

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
  });
});

describe("evaluate", () => {
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
