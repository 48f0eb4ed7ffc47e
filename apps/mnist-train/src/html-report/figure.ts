import type { ChartData, Series } from "./chart-data.js";
import { type Html, html } from "./html.js";

/** Where the page's script draws a chart, with its tools, legend and table. */
export const figure = ({ id, title, series }: ChartData): Html => html`
<figure id="${id}" data-chart="${id}">
<figcaption><h3>${title}</h3><div class="tools"></div></figcaption>
<div class="plot"></div>
<ul class="legend" style="--column: ${legendColumn(series)}px"></ul>
<details><summary>Numbers of this chart</summary><div class="scroll" tabindex="0" role="region" aria-label="Numbers: ${title}"></div></details>
</figure>`;

/** What sample, longest label and value need side by side, up to half a chart. */
const legendColumn = (series: readonly Series[]): number =>
  Math.min(
    210,
    96 + 7 * Math.max(0, ...series.filter(({ companion }) => !companion).map(({ label }) => label.length)),
  );
