import { type Examples, fit, type Optimizer, type StepInfo } from "@handgrad/training";
import type { Model } from "laboratory";

/** `fit`, one step at a time: each call trains on one batch, and waits for the call before. */
export function stepwise(model: Model, optimizer: Optimizer): (batch: Examples) => Promise<StepInfo> {
  let asked: { batch: Examples; resolve: (info: StepInfo) => void; reject: (error: unknown) => void };
  let ask = (): void => {};
  let next = new Promise<void>((resolve) => {
    ask = resolve;
  });
  async function* batches(): AsyncGenerator<Examples> {
    for (;;) {
      await next;
      next = new Promise((resolve) => {
        ask = resolve;
      });
      yield asked.batch;
    }
  }
  fit(model, batches(), { epochs: 1, optimizer, onStep: (info) => asked.resolve(info) }).catch((error) =>
    asked.reject(error),
  );
  return (batch) =>
    new Promise((resolve, reject) => {
      asked = { batch, resolve, reject };
      ask();
    });
}
