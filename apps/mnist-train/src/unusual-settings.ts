import { defaults, type Settings } from "./settings.js";

const FLAGS: Readonly<Record<keyof Settings, string>> = {
  data: "data",
  epochs: "epochs",
  batchSize: "batch-size",
  optimizer: "optimizer",
  learningRate: "lr",
  schedule: "schedule",
  weightDecay: "weight-decay",
  hidden: "hidden",
  activation: "activation",
  init: "init",
  decay: "decay",
  epsilon: "epsilon",
  varianceCorrection: "variance-correction",
  seed: "seed",
  fault: "fault",
  batchNorm: "batch-norm",
};

/** The settings that are not the defaults, as options of the command line; empty where all are. */
export const unusualSettings = (settings: Settings): string =>
  Object.entries(FLAGS)
    .filter(([key]) => String(settings[key as keyof Settings]) !== String(defaults[key as keyof Settings]))
    .map(([key, flag]) => `--${flag} ${settings[key as keyof Settings]}`)
    .join(" ");
