import type { Callback } from "./callback.js";

/** One line an epoch, given to `print`: `progress(console.log)`. */
export const progress = (print: (line: string) => void): Callback => ({
  onEpoch: ({ epoch, step, loss, learningRate, validation }) => {
    const of = validation
      ? `, validation loss ${validation.loss.toFixed(4)}, accuracy ${(100 * validation.accuracy).toFixed(1)} %`
      : "";
    print(`epoch ${epoch}, step ${step}: loss ${loss.toFixed(4)}${of}, learning rate ${learningRate}`);
  },
});
