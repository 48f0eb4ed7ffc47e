import type { Group } from "../sweep/summary.js";
import { SWEEP_COLUMNS, sweepCells } from "../sweep/sweep-table.js";
import type { ChartData, Series, SeriesColor } from "./chart-data.js";
import { figure } from "./figure.js";
import { html } from "./html.js";
import { page } from "./page.js";

const STROKES = ["solid", "dashed", "dotted"] as const;
const COLORS = 6;

/** sweep.html: mean and spread over the seeds of every learning rate and decay. `script` draws the chart. */
export function sweepPage(groups: readonly Group[], script: string): string {
  const chart = spreadChart(groups);
  const sections = [
    html`<section id="results">
<h1>Mean and spread over seeds</h1>
<div class="wide" tabindex="0" role="region" aria-label="Results">
<table class="results">
<caption>On test digits at the end: mean ± standard deviation over the seeds</caption>
<thead><tr>${SWEEP_COLUMNS.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${groups.map((group) => {
      const [first, ...others] = sweepCells(group);
      return html`<tr><th scope="row">${first}</th>${others.map((text) => html`<td>${text.replaceAll(" ", "\u00a0")}</td>`)}</tr>`;
    })}</tbody>
</table>
</div>
</section>`,
    html`<section id="curves">
<h2>Loss on test digits, with batch norm</h2>
<p class="muted">Line: mean over the seeds. Band: from the least to the greatest of them.</p>
${figure(chart)}
</section>`,
  ];
  return page("mnist-train: sweep", sections, [chart], script);
}

function spreadChart(groups: readonly Group[]): ChartData {
  const series = groups.flatMap(({ lr, decay, curve }, i): Series[] => {
    const color = ((i % COLORS) + 1) as SeriesColor;
    const edge = { color, stroke: "edge", companion: true } as const;
    const label = `lr ${lr}, decay ${decay}`;
    const stroke = STROKES[Math.floor(i / COLORS) % STROKES.length];
    return [
      { label, color, stroke, points: curve.map(({ step, mean }) => [step, mean]) },
      { ...edge, label: `${label}, least`, points: curve.map(({ step, range: [least] }) => [step, least]) },
      {
        ...edge,
        label: `${label}, greatest`,
        points: curve.map(({ step, range: [, most] }) => [step, most]),
      },
    ];
  });
  const bands = groups.map((_, i) => [3 * i + 2, 3 * i + 1] as const);
  const title = "Mean, least and greatest of the seeds";
  return { id: "spread", title, scale: "log", switchable: true, format: "number", series, bands };
}
