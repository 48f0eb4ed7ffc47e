import { unusualSettings } from "../../options/unusual-settings.js";
import { titleOf } from "../../report/curve-names.js";
import type { Environment } from "../../report/environment.js";
import { defaults, type Settings } from "../../run/settings.js";
import type { Run } from "../../run/train-run.js";
import { type Html, html } from "../html.js";

const NAMES: Readonly<Record<keyof Settings, string>> = {
  data: "Data",
  epochs: "Epochs",
  batchSize: "Batch size",
  optimizer: "Optimiser",
  learningRate: "Learning rate",
  schedule: "Schedule",
  weightDecay: "Weight decay",
  hidden: "Hidden layers",
  activation: "Activation",
  init: "First weights",
  decay: "Decay of the running pair",
  epsilon: "ε",
  varianceCorrection: "Running variance",
  seed: "Seed",
  fault: "Planted fault",
  batchNorm: "Batch norm",
};

const UNSET: Readonly<Partial<Record<keyof Settings, string>>> = {
  data: "the packaged MNIST digits",
  fault: "none",
  batchNorm: "this project's",
};

export const settingKeys = Object.keys(NAMES) as (keyof Settings)[];
export const nameOfSetting = (key: keyof Settings): string => NAMES[key];
export function settingText(settings: Settings, key: keyof Settings): string {
  const value = settings[key];
  if (value === null) return UNSET[key] ?? "none";
  return typeof value === "object" ? value.join(", ") : String(value);
}

export const environmentTexts = ({ version, node, engine, threads, platform, processor }: Environment) =>
  [
    ["handgrad", version],
    ["Node", node],
    ["Engine", engine],
    ["Threads", String(threads)],
    ["Platform", platform],
    ["Processor", processor],
  ] as const;

/** What decided the run, what it ran on, and how fast it was. */
export function settingsSection(settings: Settings, environment: Environment, runs: readonly Run[]): Html {
  const entry = (name: string, value: Html | string) => html`<dt>${name}</dt><dd>${value}</dd>`;
  const changed = (key: keyof Settings) => String(settings[key]) !== String(defaults[key]);
  const options = unusualSettings(settings);
  return html`
<section id="settings">
<h2>Settings and environment</h2>
<div class="pair">
<div><h3>Settings</h3>
<dl>
${settingKeys.map((key) => {
  const text = settingText(settings, key);
  return entry(
    NAMES[key],
    changed(key) ? html`<strong>${text}</strong> (default ${settingText(defaults, key)})` : text,
  );
})}
</dl></div>
<div><h3>Throughput</h3>
<dl>
${runs.map(({ steps, seconds, batchSize, name }) =>
  entry(
    titleOf({ name }),
    `${(steps / seconds).toFixed(0)} steps/s, about ${Math.round((steps * batchSize) / seconds).toLocaleString("en-US")} samples/s; ${steps} steps in ${seconds.toFixed(1)} s`,
  ),
)}
</dl>
<h3>Environment</h3>
<dl>${environmentTexts(environment).map(([name, value]) => entry(name, value))}</dl>
<h3>Again</h3>
<p><code>pnpm --filter mnist-train start ${options}</code></p>
</div>
</div>
</section>`;
}
