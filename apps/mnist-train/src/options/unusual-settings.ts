import { defaults, type Settings } from "../run/settings.js";

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

const ALL = Object.keys(FLAGS) as (keyof Settings)[];

/** Of `among`, the settings that are not the defaults, as options of the command line; empty where all are. */
export const unusualSettings = (settings: Settings, among: readonly (keyof Settings)[] = ALL): string =>
  among
    .filter((key) => String(settings[key]) !== String(defaults[key]))
    .map((key) => `--${FLAGS[key]} ${settings[key]}`)
    .join(" ");

/** Those in which the runs did not differ on which the judge's bound for a gross loss of speed was measured. */
export const unlikeMeasured = (settings: Settings): string | undefined =>
  unusualSettings(settings, ["data", "optimizer", "schedule", "weightDecay", "activation", "init"]) ||
  undefined;
