import { titleOf } from "../../report/curve-names.js";
import type { Mistake } from "../../run/answers.js";
import type { Insight } from "../../run/experiment.js";
import type { Run } from "../../run/train-run.js";
import { percent } from "../../terminal/text.js";
import { type Html, html } from "../html.js";
import { grayPng } from "../png.js";

/** The worst mistakes of both networks as images, that with batch norm first. */
export const mistakesSection = (runs: readonly Run[], insights: readonly Insight[]): Html => html`
<section id="mistakes">
<h2>Worst mistakes</h2>
<p class="muted">Test digits whose label got the smallest probability.</p>
${[...runs.keys()].reverse().map((r) => html`<h3>${titleOf(runs[r])}</h3>${list(insights[r])}`)}
</section>`;

function list({ answers }: Insight): Html {
  if (!answers) return html`<p>None to show, since the run broke down.</p>`;
  if (answers.mistakes.length === 0) return html`<p>Not one.</p>`;
  return html`<ul class="mistakes">${answers.mistakes.map(item)}</ul>`;
}

function item({ row, label, prediction, probability, labelProbability, pixels }: Mistake): Html {
  const width = Math.sqrt(pixels.length);
  const name = `Test image ${row}, labelled ${label}, taken for ${prediction}`;
  const image = Number.isInteger(width)
    ? html`<img src="data:image/png;base64,${grayPng(pixels, width).toString("base64")}" width="84" height="84" alt="${name}">`
    : html`Image ${row}<br>`;
  return html`<li>${image}<strong>${label}</strong>, taken for <strong>${prediction}</strong><br>${percent(probability)}<br><span class="muted">${label}: ${percent(labelProbability)}</span></li>`;
}
