import { judge, type Verdict } from "@handgrad/bn-doctor";
import type { Examples } from "@handgrad/training";
import { dataPass, layerEvidence } from "laboratory";
import { fields, textOf } from "../settings/fields.js";
import { defaults, type Settings } from "../settings/settings.js";
import type { Contestant } from "./contestant.js";

/** Those in which the runs did not differ on which the judge's bound for a gross loss of speed was measured. */
const measuredWith = ["optimizer", "activation", "init"] as const;

/** The judge sees layers, inputs and curves. Which fault was planted is not among them. */
export function verdictOf(
  plain: Contestant,
  batchNorm: Contestant,
  train: Examples,
  settings: Settings,
  dropLast: boolean,
): Verdict {
  const { batchSize } = settings;
  const inputs = batchNorm.broken ? [] : dataPass(batchNorm.network, train, { batchSize, dropLast });
  const unlike = measuredWith
    .filter((key) => settings[key] !== defaults[key])
    .map((key) => `${fields[key].label.toLowerCase()} ${textOf(settings, key)}`);
  return judge({
    layers: layerEvidence(batchNorm.network, inputs, settings),
    batchNormRun: batchNorm.run,
    baselineRun: plain.run,
    unlikeMeasured: unlike.join(", ") || undefined,
  });
}
