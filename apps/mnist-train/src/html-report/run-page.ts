import { namedFaults } from "laboratory";
import { titleOf } from "../report/curve-names.js";
import type { Environment } from "../report/environment.js";
import type { Result } from "../run/experiment.js";
import type { Settings } from "../run/settings.js";
import type { ChartData } from "./chart-data.js";
import {
  accuracyChart,
  gradientCharts,
  lossChart,
  pairDistanceChart,
  preActivationCharts,
  runningPairCharts,
} from "./charts.js";
import { figure } from "./figure.js";
import { type Html, html } from "./html.js";
import { page } from "./page.js";
import { checksSection } from "./sections/checks.js";
import { confusionSection } from "./sections/confusion.js";
import { mistakesSection } from "./sections/mistakes.js";
import { settingsSection } from "./sections/settings.js";
import { verdictSection } from "./sections/verdict.js";

/** report.html of one run. `script` is what draws the charts. */
export function runPage(
  settings: Settings,
  { runs, verdict, insights }: Result,
  environment: Environment,
  script: string,
): string {
  const [, withBatchNorm] = runs;
  const gapFailed = verdict.checks.some(({ id, passed }) => id === "train-eval-gap" && passed === false);
  const curves = [lossChart(runs, gapFailed), accuracyChart(runs)];
  const distance = [pairDistanceChart(withBatchNorm)].filter(({ series }) =>
    series.some(({ points }) => points.length > 0),
  );
  const pairs = runningPairCharts(insights[1], withBatchNorm.steps);
  const preActivations = preActivationCharts(runs, insights);
  const gradients = gradientCharts(runs, insights);
  return page(
    `mnist-train: ${titleOf(withBatchNorm)}`,
    [
      verdictSection(verdict, namedFaults(verdict.faults), runs, settings.epochs),
      section("curves", "Loss and accuracy", LOSSES, [curves]),
      checksSection(verdict.checks),
      section("running-pair", "Running mean and variance", RUNNING_PAIR, [...pairs, distance]),
      section("pre-activations", "Pre-activations", PRE_ACTIVATIONS, preActivations),
      section("gradients", "Gradient norms", GRADIENTS, [gradients]),
      confusionSection(runs, insights),
      mistakesSection(runs, insights),
      settingsSection(settings, environment, runs),
    ],
    [...curves, ...pairs.flat(), ...distance, ...preActivations.flat(), ...gradients],
    script,
  );
}

const LOSSES =
  "Colour: which network. Dashes: which loss. Training mode and eval mode see the same digits, so in a healthy run these two lines stay close. One at a time: up to 200 of the test digits, each in a batch of its own.";
const RUNNING_PAIR =
  "Three features of each batch norm, in training. Lines: the running pair that eval uses. Dots: the batch at hand. Diamonds: all training data with the final weights. A healthy line leaves its start (mean 0, variance 1) and follows the dots.";
const PRE_ACTIVATIONS =
  "What one typical unit of a hidden layer passes to its activation, over the rows of a training batch: median, 15th and 85th percentile. Batch norm keeps them in place while the layers before it learn.";
const GRADIENTS =
  "Length of the gradient of all parameters of a layer together. Without trouble the layers stay within a few powers of ten of each other.";

const section = (
  id: string,
  title: string,
  text: string,
  rows: readonly (readonly ChartData[])[],
): Html => html`
<section id="${id}">
<h2>${title}</h2>
<p class="muted">${text}</p>
${rows.map((charts) => html`<div class="pair">${charts.map(figure)}</div>`)}
</section>`;
