import { BatchNorm, Dense, Dropout, ReLU, Sequential } from "@handgrad/layers";
import { fromData, normal, Random } from "@handgrad/tensor";
import { describe, expect, it, vi } from "vitest";
import { batches } from "../batches/batches.js";
import { mapBatches } from "../batches/map-batches.js";
import { Adam } from "../optimizers/adam.js";
import { SGD } from "../optimizers/sgd.js";
import { ReduceOnPlateau } from "../schedules/reduce-on-plateau.js";
import { cosineSchedule } from "../schedules/schedules.js";
import type { Callback, StepInfo, Training } from "./callback.js";
import type { Checkpoint } from "./checkpoint.js";
import { earlyStopping } from "./early-stopping.js";
import { type FitOptions, fit } from "./fit.js";
import { NonFiniteLossError } from "./non-finite.js";
import { progress } from "./progress.js";

const data = (count: number, seed: number) => ({
  inputs: normal([count, 4], new Random(seed)),
  labels: fromData(
    Int32Array.from({ length: count }, (_, i) => i % 3),
    [count],
  ),
});

/** Everything that a checkpoint has to hold: batch norm, dropout, Adam, shuffled and augmented batches, a plateau. */
function setUp() {
  const rng = new Random(1);
  const model = new Sequential(
    new Dense(4, 8, { rng }),
    new BatchNorm(8),
    new ReLU(),
    new Dropout(0.3, { rng }),
    new Dense(8, 3, { rng }),
  );
  const optimizer = new Adam(model.parameters(), { learningRate: 0.05 });
  const noise = new Random(3);
  const augmented = mapBatches(
    batches(data(20, 2), { batchSize: 6, rng: new Random(2) }),
    ({ inputs, labels }) => ({
      inputs: fromData(
        inputs.data.map((x) => x + 0.1 * noise.normal()),
        inputs.shape,
      ),
      labels,
    }),
    { rng: noise },
  );
  return { model, optimizer, augmented };
}

async function train(options: Partial<FitOptions>, withPlateau = false) {
  const { model, optimizer, augmented } = setUp();
  const plateau = new ReduceOnPlateau(optimizer, { patience: 0, factor: 0.5, threshold: 0.5 });
  const reducing: Callback = {
    onEpoch: ({ loss }) => plateau.step(loss),
    save: () => ({ ...plateau.state }),
    restore: (saved: typeof plateau.state) => Object.assign(plateau.state, saved),
  };
  const steps: StepInfo[] = [];
  const checkpoints: Checkpoint[] = [];
  const keep = (_: unknown, { checkpoint }: Training) => {
    checkpoints.push(checkpoint());
  };
  const history = await fit(model, augmented, {
    epochs: 2,
    optimizer,
    callbacks: withPlateau ? [reducing] : [],
    validation: data(9, 5),
    onStep: (info, training) => {
      steps.push(info);
      keep(info, training);
    },
    onEpoch: keep,
    onEnd: keep,
    ...options,
  });
  return { history, steps, checkpoints, end: { model: model.stateDict(), optimizer: optimizer.stateDict() } };
}

describe("a run that goes on from any of its checkpoints is the run that was never broken off", () => {
  it.each<[string, Partial<FitOptions>, boolean]>([
    ["a schedule", { schedule: cosineSchedule({ learningRate: 0.1, steps: 8, warmup: 3 }) }, false],
    ["a plateau", {}, true],
    ["two or three batches a step", { accumulate: 3 }, false],
  ])("with %s", async (_, options, withPlateau) => {
    const whole = await train(options, withPlateau);
    expect(whole.history.epochs).toHaveLength(2);
    const count = whole.steps.length;
    expect(whole.checkpoints).toHaveLength(count + 2 + 1);
    for (const resume of whole.checkpoints) {
      const rest = await train({ ...options, resume }, withPlateau);
      expect(rest.steps).toEqual(whole.steps.slice(resume.step));
      expect(rest.history).toEqual(whole.history);
      expect(rest.end).toEqual(whole.end);
    }
  });

  it("is another run without the generators' states", async () => {
    const whole = await train({});
    const [resume] = whole.checkpoints;
    const random = resume.random.map(() => new Random(9).save());
    const rest = await train({ resume: { ...resume, random } });
    expect(rest.end).not.toEqual(whole.end);
  });

  it("with a validation that draws from a generator of its own", async () => {
    const validation = () => batches(data(33, 5), { batchSize: 5, rng: new Random(7) });
    const whole = await train({ epochs: 6, validation: validation() } as Partial<FitOptions>);
    for (const resume of [whole.checkpoints[2], whole.checkpoints[9], whole.checkpoints[12]]) {
      const rest = await train({ epochs: 6, validation: validation(), resume } as Partial<FitOptions>);
      expect(rest.history).toEqual(whole.history);
    }
  });

  it("may have been taken in the middle of a validation that an abort came in, even twice", async () => {
    const run = async (abortIn: number, resume?: Checkpoint) => {
      const { model, optimizer, augmented } = setUp();
      const controller = new AbortController();
      let passes = resume?.epochs.length ?? 0;
      let kept: Checkpoint | undefined;
      const validation = mapBatches(batches(data(9, 5), { batchSize: 3 }), (batch) => {
        if (passes + 1 === abortIn) controller.abort();
        return batch;
      });
      const history = await fit(model, augmented, {
        epochs: 3,
        optimizer,
        validation,
        signal: controller.signal,
        onEpoch: () => passes++,
        onEnd: (_, { checkpoint }) => {
          kept = checkpoint();
        },
        ...(resume && { resume }),
      });
      return { history, kept, model: model.stateDict() };
    };
    const { kept: _, ...whole } = await run(Number.NaN);
    for (const abortIn of [1, 2, 3]) {
      const part = await run(abortIn);
      expect(part.history.epochs).toHaveLength(abortIn);
      const { kept: __, ...rest } = await run(Number.NaN, part.kept);
      expect(rest).toEqual(whole);
    }
  });

  it("is never taken of half a step", async () => {
    const { model, optimizer, augmented } = setUp();
    let training: Training | undefined;
    let told = 0;
    const telling = mapBatches(augmented, (batch) => {
      if (training && told++ === 1) training.checkpoint();
      return batch;
    });
    const onStep = (_: unknown, given: Training) => {
      training = given;
    };
    await expect(fit(model, telling, { epochs: 2, optimizer, accumulate: 2, onStep })).rejects.toThrow(
      "fit: checkpoint() must be called between steps, got one half done",
    );
  });

  it("may have more epochs", async () => {
    const { checkpoints } = await train({});
    const longer = await train({ epochs: 3, resume: checkpoints[checkpoints.length - 1] });
    expect(longer.end).toEqual((await train({ epochs: 3 })).end);
  });
});

describe("a checkpoint of something else is refused, and nothing is changed", () => {
  it("another model, another optimiser, other callbacks, other batches", async () => {
    const { checkpoints } = await train({});
    const resume = checkpoints[1];
    const { model, optimizer, augmented } = setUp();
    const other = new Sequential(new Dense(4, 3, { rng: new Random(1) }));
    const before = model.stateDict();
    const options = { epochs: 1, optimizer, resume };
    const sgd = new SGD(model.parameters(), { learningRate: 1, momentum: 0.9 });
    await expect(fit(model, augmented, { ...options, optimizer: sgd })).rejects.toThrow(
      /^SGD\.loadStateDict: "0\.weight\.m" is extra;/,
    );
    const adam = new Adam(other.parameters());
    await expect(fit(other, augmented, { ...options, optimizer: adam })).rejects.toThrow(
      /"1\.gamma\.m" is extra/,
    );
    await expect(fit(model, augmented, { ...options, callbacks: [earlyStopping()] })).rejects.toThrow(
      "fit: the checkpoint has 1 callbacks, this training has 2",
    );
    await expect(fit(model, [data(6, 1)], options)).rejects.toThrow(
      "fit: the checkpoint has 2 generators of random numbers in the batches, this training has 0",
    );
    const extra = { ...resume, model: { ...resume.model, more: resume.model["0.bias"] } };
    const untouched = optimizer.stateDict();
    await expect(fit(model, augmented, { ...options, resume: extra })).rejects.toThrow('"more" is extra');
    expect(optimizer.stateDict()).toEqual(untouched);
    const stateful = { ...resume, callbacks: [1] };
    await expect(fit(model, augmented, { ...options, resume: stateful })).rejects.toThrow(
      "fit: callback 0 has a state in the checkpoint, but no restore",
    );
    const refusing: Callback = {
      restore: () => {
        throw new Error("not mine");
      },
    };
    const random = augmented.random?.map((rng) => rng.save());
    await expect(fit(model, augmented, { ...options, resume: stateful, ...refusing })).rejects.toThrow(
      /^not mine$/,
    );
    expect(optimizer.stateDict()).toEqual(untouched);
    expect(augmented.random?.map((rng) => rng.save())).toEqual(random);
    expect(model.stateDict()).toEqual(before);
    const late = { ...resume, batches: 5 };
    await expect(fit(model, augmented, { ...options, resume: late })).rejects.toThrow(
      "fit: the checkpoint is behind batch 5 of epoch 1, which has 4",
    );
  });
});

describe("an AbortSignal", () => {
  it("ends the training after the step, and what is left goes on to the same end", async () => {
    const whole = await train({});
    const controller = new AbortController();
    const { model, optimizer, augmented } = setUp();
    let kept: Checkpoint | undefined;
    const history = await fit(model, augmented, {
      epochs: 2,
      optimizer,
      validation: data(9, 5),
      signal: controller.signal,
      onStep: ({ step }) => step === 6 && controller.abort(),
      onEnd: (_, { checkpoint }) => {
        kept = checkpoint();
      },
    });
    expect(history).toEqual({ epochs: whole.history.epochs.slice(0, 1), stopped: "aborted" });
    expect(kept).toMatchObject({ step: 6, epoch: 2, batches: 2 });
    const rest = await train({ ...(kept && { resume: kept }) });
    expect(rest.history).toEqual(whole.history);
    expect(rest.end).toEqual(whole.end);
  });

  it("that is aborted already lets no step happen", async () => {
    const { model, optimizer, augmented } = setUp();
    const before = model.stateDict();
    const options = { epochs: 1, optimizer, signal: AbortSignal.abort() };
    expect(await fit(model, augmented, options)).toEqual({ epochs: [], stopped: "aborted" });
    expect(model.stateDict()).toEqual(before);
  });
});

describe("the event loop", () => {
  const BATCHES = 12;
  /** Each takes 20 ms of work. */
  const slow = {
    *[Symbol.iterator]() {
      for (let i = 0; i < BATCHES; i++) {
        for (const end = performance.now() + 20; performance.now() < end; );
        yield data(6, 1);
      }
    },
  };
  /** How often it ran while `slow` was passed over. */
  async function turns(resume?: Checkpoint) {
    const { model, optimizer } = setUp();
    let count = 0;
    const timer = setInterval(() => count++, 0);
    let kept: Checkpoint | undefined;
    await fit(model, slow, {
      epochs: 1,
      optimizer,
      onStep: ({ step }, { checkpoint }) => {
        if (step === BATCHES - 1) kept = checkpoint();
      },
      ...(resume && { resume }),
    });
    clearInterval(timer);
    return { count, kept };
  }

  it("runs while fit passes over the batches that are done, and an abort ends it there", async () => {
    const { kept } = await turns();
    if (!kept) throw new Error("no checkpoint");
    expect((await turns(kept)).count).toBeGreaterThanOrEqual(2);
    const { model, optimizer } = setUp();
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 0);
    const options = { epochs: 1, optimizer, resume: kept, signal: controller.signal };
    const ended: Checkpoint[] = [];
    const onEnd = (_: unknown, { checkpoint }: Training) => ended.push(checkpoint());
    expect((await fit(model, slow, { ...options, onEnd })).stopped).toBe("aborted");
    expect(ended[0].step).toBe(kept.step);
  });

  it("runs where the system's clock was set back", async () => {
    const now = vi.spyOn(Date, "now");
    let hours = 0;
    now.mockImplementation(() => performance.now() - 3_600_000 * hours++);
    const { count } = await turns().finally(() => now.mockRestore());
    expect(count).toBeGreaterThanOrEqual(BATCHES / 2);
  });
});

describe("callbacks", () => {
  it("are settled once all were told, and before the end of one that is stopped", async () => {
    const { model, optimizer, augmented } = setUp();
    const told: string[] = [];
    const first: Callback = {
      onSettled: ({ after, step }) => told.push(`settled ${after} ${step}`),
      onEnd: () => told.push("end"),
    };
    await fit(model, augmented, {
      epochs: 9,
      optimizer,
      callbacks: [first],
      onStep: async ({ step }, { stop }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        told.push(`step ${step}`);
        if (step === 5) stop("enough");
      },
      onEpoch: ({ epoch }) => told.push(`epoch ${epoch}`),
    });
    const steps = [1, 2, 3, 4].flatMap((step) => [`step ${step}`, `settled step ${step}`]);
    const rest = ["step 5", "settled step 5", "settled stop 5", "end"];
    expect(told).toEqual([...steps, "epoch 1", "settled epoch 4", ...rest]);
  });

  it.each<[string, Callback]>([
    [
      "throw",
      {
        onStep: () => {
          throw new Error("no");
        },
      },
    ],
    ["reject", { onEpoch: () => Promise.reject(new Error("no")) }],
    ["reject in the end", { onEnd: () => Promise.reject(new Error("no")) }],
  ])("that %s end the training with their error", async (_, callback) => {
    const { model, optimizer, augmented } = setUp();
    await expect(fit(model, augmented, { epochs: 2, optimizer, callbacks: [callback] })).rejects.toThrow(
      /^no$/,
    );
  });

  it("are told in order, awaited, and may stop after a step", async () => {
    const { model, optimizer, augmented } = setUp();
    const told: string[] = [];
    const teller = (name: string): Callback => ({
      onStep: async ({ step }, { stop }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        told.push(`${name} ${step}`);
        if (step === 2) stop(`enough for ${name}`);
      },
      onEnd: ({ stopped }) => told.push(`${name}: ${stopped}`),
    });
    const callbacks = [teller("a"), teller("b")];
    const history = await fit(model, augmented, { epochs: 1, optimizer, callbacks });
    expect(told).toEqual(["a 1", "b 1", "a 2", "b 2", "a: enough for a", "b: enough for a"]);
    expect(history).toEqual({ epochs: [], stopped: "enough for a" });
  });

  it("progress prints one line an epoch", async () => {
    const { model, optimizer, augmented } = setUp();
    const lines: string[] = [];
    const callbacks = [progress((line) => lines.push(line))];
    await fit(model, augmented, { epochs: 2, optimizer, callbacks, validation: data(9, 5) });
    expect(lines.map((line) => line.replace(/\d+\.\d+/g, "#"))).toEqual([
      "epoch 1, step 4: loss #, validation loss #, accuracy # %, learning rate #",
      "epoch 2, step 8: loss #, validation loss #, accuracy # %, learning rate #",
    ]);
  });
});

describe("earlyStopping", () => {
  /** A learning rate that makes things worse sooner or later, and what the model was after each epoch. */
  async function overfit(options: Parameters<typeof earlyStopping>[0], resumeAt?: number) {
    const { model, optimizer, augmented } = setUp();
    const states: ReturnType<typeof model.stateDict>[] = [];
    const checkpoints: Checkpoint[] = [];
    const stopping = earlyStopping(options);
    const fitOptions = {
      epochs: 40,
      optimizer,
      callbacks: [stopping],
      validation: data(9, 5),
      onEpoch: (_: unknown, { checkpoint }: Training) => {
        states.push(model.stateDict());
        checkpoints.push(checkpoint());
      },
    };
    let history = await fit(model, augmented, fitOptions);
    if (resumeAt !== undefined) {
      const again = setUp();
      const { callbacks: _, ...rest } = fitOptions;
      const stoppingAgain = earlyStopping(options);
      history = await fit(again.model, again.augmented, {
        ...rest,
        optimizer: again.optimizer,
        callbacks: [stoppingAgain],
        onEpoch: () => {},
        resume: checkpoints[resumeAt],
      });
      return { history, states, best: stoppingAgain.best, model: again.model };
    }
    return { history, states, best: stopping.best, model };
  }

  it("gives back the weights and the running statistics of the best epoch", async () => {
    const { history, states, best, model } = await overfit({ patience: 3 });
    const losses = history.epochs.map(({ validation }) => validation?.loss ?? Number.NaN);
    const least = Math.min(...losses);
    const bestEpoch = losses.indexOf(least) + 1;
    expect(best).toEqual({ epoch: bestEpoch, value: least, state: states[bestEpoch - 1] });
    expect(losses).toHaveLength(best.epoch + 3);
    expect(history.stopped).toBe(`no better validation loss since epoch ${best.epoch}`);
    expect(model.stateDict()).toEqual(states[best.epoch - 1]);
    expect(states[best.epoch - 1]["1.pop_mean"]).not.toEqual(states[best.epoch]["1.pop_mean"]);
  });

  it("goes on from a checkpoint, also from one behind its stop", async () => {
    const whole = await overfit({ patience: 3 });
    for (const resumeAt of [0, whole.best.epoch, whole.states.length - 1]) {
      const rest = await overfit({ patience: 3 }, resumeAt);
      expect(rest.history).toEqual(whole.history);
      expect(rest.best).toEqual(whole.best);
      expect(rest.model.stateDict()).toEqual(whole.model.stateDict());
    }
  });

  it("has the best epoch's state also where the training broke down", async () => {
    const { model, optimizer, augmented } = setUp();
    const stopping = earlyStopping({ monitor: "training loss" });
    let good: unknown;
    const training = fit(model, augmented, {
      epochs: 3,
      optimizer,
      callbacks: [stopping],
      onEpoch: () => {
        good = model.stateDict();
        optimizer.learningRate = 1e38;
      },
    });
    await expect(training).rejects.toThrow(NonFiniteLossError);
    expect(stopping.best).toMatchObject({ epoch: 1, state: good });
  });

  it("takes no other callback's state, nor that of one that watched something else", async () => {
    const { checkpoints } = await train({ callbacks: [earlyStopping(), progress(() => {})] });
    for (const [callbacks, got] of [
      [[earlyStopping({ monitor: "validation accuracy" }), progress(() => {})], "validation loss"],
      [[progress(() => {}), earlyStopping()], undefined],
    ] as const) {
      const { model, optimizer, augmented } = setUp();
      const training = fit(model, augmented, {
        epochs: 3,
        optimizer,
        validation: data(9, 5),
        callbacks,
        resume: checkpoints[0],
      });
      await expect(training).rejects.toThrow(
        got === undefined
          ? "fit: callback 0 has a state in the checkpoint, but no restore"
          : `earlyStopping: the checkpoint must be of one that watches the validation accuracy, got ${got}`,
      );
    }
    expect(() => earlyStopping().restore?.(123 as never)).toThrow(
      "earlyStopping: the checkpoint must be of one that watches the validation loss, got another callback's",
    );
  });

  it("watches accuracy upwards, and counts what is less than minDelta as none", async () => {
    const accuracy = await overfit({ monitor: "validation accuracy", patience: 2 });
    const values = accuracy.history.epochs.map(({ validation }) => validation?.accuracy ?? 0);
    expect(accuracy.best.value).toBe(Math.max(...values));
    const never = await overfit({ monitor: "training loss", patience: 2, minDelta: 100 });
    expect(never.best.epoch).toBe(1);
    expect(never.history.epochs).toHaveLength(3);
  });

  it("leaves an aborted training as it stands", async () => {
    const { model, optimizer, augmented } = setUp();
    const controller = new AbortController();
    let last: unknown;
    await fit(model, augmented, {
      epochs: 40,
      optimizer,
      callbacks: [earlyStopping({ monitor: "training loss", patience: 30 })],
      signal: controller.signal,
      onStep: ({ step }) => {
        last = model.stateDict();
        if (step === 7) controller.abort();
      },
    });
    expect(model.stateDict()).toEqual(last);
  });

  it("says what is wrong with its options", async () => {
    expect(() => earlyStopping({ patience: 0 })).toThrow(
      "earlyStopping: patience must be a positive integer, got 0",
    );
    expect(() => earlyStopping({ minDelta: -1 })).toThrow(
      "earlyStopping: minDelta must be 0 or a positive number, got -1",
    );
    const { model, optimizer, augmented } = setUp();
    await expect(
      fit(model, augmented, { epochs: 1, optimizer, callbacks: [earlyStopping()] }),
    ).rejects.toThrow("earlyStopping: the validation loss needs fit's option validation");
  });
});
