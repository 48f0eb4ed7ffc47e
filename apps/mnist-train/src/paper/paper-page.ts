import type { ChartData, SeriesColor } from "../html-report/chart-data.js";
import { figure } from "../html-report/figure.js";
import { type Html, html } from "../html-report/html.js";
import { page } from "../html-report/page.js";
import { environmentTexts } from "../html-report/sections/settings.js";
import { titleOf } from "../report/curve-names.js";
import type { Environment } from "../report/environment.js";
import { PERCENTILES, UNIT } from "../run/training-watch.js";
import { percent } from "../terminal/text.js";
import { claimsOf, LEVEL, type Outline, outlineOf, PUBLISHED } from "./comparison.js";
import { WATCHED_BATCHES } from "./network.js";
import { COMPARED_STEPS, GRID_LEARNING_RATES, type GridCell, type PaperFigure } from "./paper-figure.js";
import type { PaperRun } from "./paper-run.js";
import { BATCH_SIZE, PAPER_STEPS, type PaperSettings, paperDefaults } from "./settings.js";
import { bestText, count, errorText, gridRows, HOLDS, span } from "./text.js";

/** Of the paper's y axis in (a). */
const PAPER_ACCURACIES = [0.7, 1] as const;
const COLORS: readonly [SeriesColor, SeriesColor] = [2, 1];

/** paper.html. `script` is what draws the charts. */
export function paperPage(
  settings: PaperSettings,
  paperFigure: PaperFigure,
  environment: Environment,
  script: string,
): string {
  const { runs, grid, rows } = paperFigure;
  const outlines = [outlineOf(runs[0]), outlineOf(runs[1])] as const;
  const accuracy = accuracyChart(runs, outlines);
  const inputs = inputCharts(runs);
  return page(
    "mnist-train paper",
    [
      summary(settings, paperFigure, outlines),
      claims(outlines, rows.test),
      html`
<section id="curves">
<h2>The figure</h2>
<div class="pair">${figure(accuracy)}</div>
<div class="pair">${inputs.map(figure)}</div>
<p class="muted">(a) as the paper draws it, y from 70 % where the networks get there. (b, c) 15th, 50th and 85th percentile of what unit ${UNIT} of the last hidden layer passes to its sigmoid, over the ${WATCHED_BATCHES * BATCH_SIZE} rows of the last ${WATCHED_BATCHES} training batches, on one scale.</p>
</section>`,
      ...(grid.length === 0 ? [] : [gridSection(grid, settings)]),
      chosen(settings, environment),
    ],
    [accuracy, ...inputs],
    script,
  );
}

function accuracyChart(runs: PaperFigure["runs"], outlines: readonly Outline[]): ChartData {
  const gotThere = outlines.every(({ end }) => end > PAPER_ACCURACIES[0]);
  return {
    id: "accuracy",
    title: "(a) Accuracy on test digits",
    scale: "linear",
    switchable: false,
    format: "percent",
    ...(gotThere && { range: PAPER_ACCURACIES }),
    series: runs.map((run, r) => ({
      label: titleOf(run),
      color: COLORS[r],
      stroke: r === 0 ? "dashed" : "solid",
      points: run.testAccuracy,
    })),
  };
}

/** (b) and (c), on one scale. */
function inputCharts(runs: PaperFigure["runs"]): ChartData[] {
  const values = runs.flatMap(({ percentiles }) => percentiles.flat().map(([, value]) => value));
  return runs.map((run, r) => ({
    id: `inputs-${run.name}`,
    title: `(${"bc"[r]}) ${titleOf(run)}`,
    scale: "linear",
    switchable: false,
    format: "number",
    ...(values.length > 0 && { range: [Math.min(...values), Math.max(...values)] as const }),
    bands: [[2, 0]] as const,
    series: PERCENTILES.map((p, k) => ({
      label: p === 50 ? "median" : `${p}th percentile`,
      color: COLORS[r],
      stroke: (["dotted", "solid", "dashed"] as const)[k],
      points: run.percentiles[k],
    })),
  }));
}

function summary(
  settings: PaperSettings,
  { runs, rows }: PaperFigure,
  outlines: readonly [Outline, Outline],
): Html {
  const { steps, learningRate, weightScale, data } = settings;
  return html`
<section id="summary">
<h1>Figure 1 of the batch norm paper, repeated</h1>
<p>Ioffe &amp; Szegedy 2015, section 4.1: binary images of digits, three hidden layers of 100 sigmoid units, first weights small and normal, cross-entropy, batches of ${BATCH_SIZE}; batch norm before each sigmoid, BN(W·u), whose β takes the place of the bias. Both networks start from the same weights and see the same batches of ${count(rows.train)} digits (${data ?? "the packaged ones"}; ${count(rows.test)} others test them), for ${count(steps)} of the paper's ${count(PAPER_STEPS)} steps.</p>
<p><strong>Chosen here</strong>, as the paper states neither: learning rate ${learningRate} (plain SGD) and first weights of deviation ${weightScale}.</p>
${runs.flatMap(brokeDown)}
<div class="wide" tabindex="0" role="region" aria-label="Accuracy">
<table class="results">
<caption>Accuracy on test digits. Published: a repetition with 10,000 training images, batches of 50, and a learning rate of its own for each network; its end is not at the same step.</caption>
<thead><tr><th scope="col"><span class="visually-hidden">network</span></th>${COMPARED_STEPS.map((step) => html`<th scope="col">step ${count(step)}</th>`)}<th scope="col">end</th><th scope="col">training digits, end</th><th scope="col">${100 * LEVEL} % at step</th></tr></thead>
<tbody>${outlines.map(
    (outline) =>
      html`<tr><th scope="row">${titleOf(outline)}</th>${outline.at.map(cell)}${cell(outline.end)}${cell(outline.endTrain)}<td>${count(outline.levelAt)}</td></tr>`,
  )}${PUBLISHED.map(
    ({ name, at, end }) =>
      html`<tr><th scope="row">${name}</th>${at.map(cell)}${cell(end)}<td></td><td></td></tr>`,
  )}</tbody>
</table>
</div>
<p>${errorText(outlines, rows.test)}</p>
</section>`;
}

/** What the paper says, and the numbers that tell. */
const claims = (outlines: readonly [Outline, Outline], testRows: number): Html => html`
<section id="claims">
<h2>What the paper says of its figure</h2>
<p class="muted">“Faster” is who gets to ${100 * LEVEL} % first, “higher” a difference at the end of more than two standard errors, “more stable” a median that moves less and a spread that changes by a smaller factor.</p>
<dl>
${claimsOf(outlines, testRows).map(({ text, holds }) => html`<dt class="word ${TONES.get(holds) ?? ""}">${HOLDS.get(holds)}</dt><dd>${text}</dd>`)}
</dl>
<p>What the sigmoid gets, over the training: ${outlines.map(
  (outline, i) =>
    html`${i === 0 ? "" : "; "}${titleOf(outline)} the median is ${span(outline.median)} and the 85th percentile ${span(outline.spread)} above the 15th`,
)}.</p>
</section>`;

const TONES = new Map<boolean | null, string>([
  [true, "good"],
  [false, "bad"],
  [null, "unsure"],
]);

/** In one line. */
const percentText = (accuracy: number): string => percent(accuracy).replace(" ", "\u00a0");

const cell = (accuracy: number): Html => html`<td>${percentText(accuracy)}</td>`;

const brokeDown = (run: PaperRun): Html[] =>
  run.brokeDownAt === null
    ? []
    : [
        html`<p><strong>The run ${titleOf(run)} broke down at step ${count(run.brokeDownAt)}:</strong> its loss is not finite.</p>`,
      ];

/** Accuracy of short runs, two rows a weight scale. */
function gridSection(
  grid: readonly GridCell[],
  { gridSteps, learningRate, weightScale }: PaperSettings,
): Html {
  const row = (cells: readonly GridCell[], r: 0 | 1): Html => {
    const value = ({ accuracies }: GridCell): Html => {
      const [own, other] = [accuracies[r] ?? Number.NaN, accuracies[1 - r] ?? Number.NaN];
      return html`<td>${own > other || Number.isNaN(other) ? html`<strong>${percentText(own)}</strong>` : percentText(own)}</td>`;
    };
    return html`<tr><th scope="row">${cells[0].weightScale}, ${r === 0 ? "without" : "with"}</th>${cells.map(value)}</tr>`;
  };
  return html`
<section id="grid">
<h2>Another learning rate, another weight scale</h2>
<p class="muted">Accuracy on test digits after ${count(gridSteps)} steps, the better network in bold. The figure above has learning rate ${learningRate} and weight scale ${weightScale}. Short runs tell who starts faster, not who ends higher.</p>
<div class="wide" tabindex="0" role="region" aria-label="Accuracy by weight scale and learning rate">
<table class="results">
<thead><tr><th scope="col">weight scale, batch norm</th>${GRID_LEARNING_RATES.map((rate) => html`<th scope="col">learning rate ${rate}</th>`)}</tr></thead>
<tbody>${gridRows(grid).flatMap((cells) => [row(cells, 0), row(cells, 1)])}</tbody>
</table>
</div>
<p>At its best: ${bestText(grid, 0)}; ${bestText(grid, 1)}.</p>
</section>`;
}

function chosen(settings: PaperSettings, environment: Environment): Html {
  const entries: (readonly [string, string])[] = [
    ["Learning rate", String(settings.learningRate)],
    ["Weight scale", String(settings.weightScale)],
    ["Decay and ε of batch norm", "0.9 and 0.00001"],
    ["Optimiser", "SGD without momentum"],
    ["Pixels", "1 from 0.5 on, else 0"],
    ["Seed", String(settings.seed)],
    ...environmentTexts(environment),
  ];
  return html`
<section id="settings">
<h2>Settings and environment</h2>
<dl>${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<p>Again: <code>pnpm --filter mnist-train start paper${changedOptions(settings)}</code></p>
</section>`;
}

/** Options that are not at their defaults, each with a blank before it. */
export function changedOptions(settings: PaperSettings): string {
  const flags = {
    data: "--data",
    steps: "--steps",
    learningRate: "--lr",
    weightScale: "--weight-scale",
    gridSteps: "--grid-steps",
    seed: "--seed",
  } as const satisfies Record<keyof PaperSettings, string>;
  return (Object.keys(flags) as (keyof PaperSettings)[])
    .filter((key) => settings[key] !== paperDefaults[key])
    .map((key) => ` ${flags[key]} ${settings[key]}`)
    .join("");
}
