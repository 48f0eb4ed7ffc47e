import type { ConfusionMatrix } from "@handgrad/training";
import { titleOf } from "../../report/curve-names.js";
import type { Insight } from "../../run/experiment.js";
import type { Run } from "../../run/train-run.js";
import { percent } from "../../terminal/text.js";
import { type Html, html } from "../html.js";

/** Both networks' confusion matrices on the test digits. */
export const confusionSection = (runs: readonly Run[], insights: readonly Insight[]): Html => html`
<section id="confusion">
<h2>Confusion</h2>
<p class="muted">Test digits by label (rows) and prediction (columns): right answers in blue, mistakes in orange.</p>
<div class="pair">${insights.map(({ answers }, r) =>
  answers
    ? matrix(titleOf(runs[r]), answers.confusion)
    : html`<p>${titleOf(runs[r])}: no matrix, since the run broke down.</p>`,
)}</div>
</section>`;

function matrix(title: string, { counts, classes, accuracy, rows, scores }: ConfusionMatrix): Html {
  const indices = [...Array(classes).keys()];
  const count = (label: number, prediction: number) => counts.data[label * classes + prediction];
  const worst = Math.max(1, ...indices.flatMap((i) => indices.map((j) => (i === j ? 0 : count(i, j)))));
  const best = Math.max(1, ...indices.map((i) => count(i, i)));
  const cell = (label: number, prediction: number): Html => {
    const value = count(label, prediction);
    if (value === 0) return html`<td class="none">0</td>`;
    const hit = label === prediction;
    const share = (value / (hit ? best : worst)).toFixed(2);
    return html`<td class="${hit ? "hit" : "miss"}" style="--share: ${share}">${value}</td>`;
  };
  return html`
<div>
<h3>${title}: ${percent(accuracy)} of ${rows}</h3>
<table class="confusion">
<caption class="visually-hidden">Confusion matrix ${title}</caption>
<thead><tr><th scope="col"><span class="visually-hidden">label</span></th>${indices.map((j) => html`<th scope="col">${j}</th>`)}<th scope="col">% found</th></tr></thead>
<tbody>${indices.map(
    (i) =>
      html`<tr><th scope="row">${i}</th>${indices.map((j) => cell(i, j))}<td class="none">${(100 * scores[i].recall).toFixed(0)}</td></tr>`,
  )}</tbody>
</table>
</div>`;
}
