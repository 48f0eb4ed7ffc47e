import type { Random, RandomState } from "@handgrad/tensor";
import type { Callback, Training } from "./callback.js";
import type { Checkpoint } from "./checkpoint.js";
import { ABORTED, type EpochRecord } from "./history.js";

/** Where a training stands, while it goes on. */
export interface RunState {
  step: number;
  epoch: number;
  batches: number;
  loss: number;
  rows: number;
  random: readonly RandomState[];
  epochs: EpochRecord[];
  stopped?: string;
}

export const beginning = (): RunState => ({
  step: 0,
  epoch: 1,
  batches: 0,
  loss: 0,
  rows: 0,
  random: [],
  epochs: [],
});

/** An abort is no part of it: what was aborted is to go on. */
export const saveRun = (
  { stopped, ...run }: RunState,
  model: Training["model"],
  optimizer: Training["optimizer"],
  generators: readonly Random[],
  callbacks: readonly Callback[],
): Checkpoint => ({
  ...run,
  ...(stopped !== undefined && stopped !== ABORTED && { stopped }),
  random: run.random.length > 0 ? run.random : generators.map((rng) => rng.save()),
  epochs: [...run.epochs],
  model: model.stateDict(),
  optimizer: optimizer.stateDict(),
  callbacks: callbacks.map((callback) => callback.save?.() ?? null),
});

/**
 * @throws Error where the checkpoint is of another model, optimiser, set of generators or of callbacks, and what a
 *   callback's `restore` throws: model, optimiser and generators are as they were then.
 */
export function restoreRun(
  saved: Checkpoint,
  run: RunState,
  model: Training["model"],
  optimizer: Training["optimizer"],
  generators: readonly Random[],
  callbacks: readonly Callback[],
): void {
  requireAsMany("generators of random numbers in the batches", saved.random, generators);
  requireAsMany("callbacks", saved.callbacks, callbacks);
  const mute = callbacks.findIndex((callback, i) => saved.callbacks[i] !== null && !callback.restore);
  if (mute >= 0) throw new Error(`fit: callback ${mute} has a state in the checkpoint, but no restore`);
  const put = (state: Pick<Checkpoint, "optimizer" | "model" | "random">) => {
    // The optimiser first, as the more likely one to be another.
    optimizer.loadStateDict(state.optimizer);
    model.loadStateDict(state.model);
    for (const [i, rng] of generators.entries()) rng.restore(state.random[i]);
  };
  const own = {
    optimizer: optimizer.stateDict(),
    model: model.stateDict(),
    random: generators.map((rng) => rng.save()),
  };
  try {
    put(saved);
    for (const [i, callback] of callbacks.entries()) {
      if (saved.callbacks[i] !== null) callback.restore?.(saved.callbacks[i] as never);
    }
  } catch (error) {
    put(own);
    throw error;
  }
  const { step, epoch, batches, loss, rows, random, epochs, stopped } = saved;
  Object.assign(run, { step, epoch, batches, loss, rows, random, epochs: [...epochs] });
  if (stopped !== undefined) run.stopped = stopped;
}

function requireAsMany(what: string, saved: readonly unknown[], own: readonly unknown[]): void {
  if (saved.length === own.length) return;
  throw new Error(`fit: the checkpoint has ${saved.length} ${what}, this training has ${own.length}`);
}
