import { brokeDown } from "laboratory";
import { lossCurves, titleOf } from "../report/curve-names.js";
import type { SavedReport } from "../report/saved-report.js";
import { endsOf } from "../run/run-ends.js";
import { fixed, percent } from "../terminal/text.js";
import type { ChartData, Series, SeriesColor } from "./chart-data.js";
import { extent } from "./charts.js";
import { figure } from "./figure.js";
import { type Html, html } from "./html.js";
import { page } from "./page.js";
import { environmentTexts, nameOfSetting, settingKeys, settingText } from "./sections/settings.js";

/** compare.html: the curves of several runs over each other. `script` is what draws the charts. */
export function comparePage(reports: readonly SavedReport[], script: string): string {
  const saved = shortlyNamed(reports);
  const charts = [
    ...lossCurves.map(({ key, label }) => overlay(saved, key, `Loss, ${label}`, "number")),
    overlay(saved, "testAccuracy", "Accuracy on test digits", "percent"),
  ];
  return page(
    "mnist-train: runs compared",
    [results(saved), curves(charts), differences(saved)],
    charts,
    script,
  );
}

/** Without the folders that all of them lie in. */
function shortlyNamed(saved: readonly SavedReport[]): readonly SavedReport[] {
  const paths = saved.map(({ folder }) => folder.replace(/\/+$/, "").split("/"));
  const [first] = paths;
  const differ = first.findIndex(
    (part, i) => i === first.length - 1 || paths.some((path) => path[i] !== part || path.length === i + 1),
  );
  return saved.map((report, i) => ({ ...report, folder: paths[i].slice(differ).join("/") }));
}

/** The colour says which folder it is; a network without batch norm is dashed. */
function overlay(
  saved: readonly SavedReport[],
  key: string,
  title: string,
  format: ChartData["format"],
): ChartData {
  const series = saved.flatMap(({ folder, runs }, i) =>
    runs.map(
      (run): Series => ({
        label: `${folder}, ${titleOf(run)}`,
        color: ((i % 6) + 1) as SeriesColor,
        stroke: run.name === "no-batch-norm" ? "dashed" : "solid",
        wide: i === 0,
        points: run.curves[key] ?? [],
      }),
    ),
  );
  const isLoss = format === "number";
  // What explodes before it breaks down would flatten all others.
  const whole = series.filter(({ points }) => points.every(([, value]) => Number.isFinite(value)));
  const range = isLoss ? extent(whole.flatMap(({ points }) => points)) : undefined;
  const scale = isLoss ? "log" : "linear";
  return { id: key, title, scale, switchable: isLoss, format, ...(range && { range }), series };
}

const curves = (charts: readonly ChartData[]): Html => html`
<section id="curves">
<h2>Loss and accuracy</h2>
<p class="muted">Colour: which folder; the first has wide lines, which are seen where others lie upon them. Dashed: without batch norm.</p>
<div class="pair">${charts.map(figure)}</div>
</section>`;

function results(saved: readonly SavedReport[]): Html {
  const row = ({ folder, report, runs }: SavedReport): Html[] =>
    runs.map((run, r) => {
      const ends = endsOf(run, report.settings.epochs);
      const judged = run.name !== "no-batch-norm";
      const { healthy, faults } = report.verdict;
      const named = faults.map(({ id }) => id).join(", ");
      const word = healthy
        ? "✓ healthy"
        : `✗ ${named || (brokeDown(report.verdict) ? "broke down" : "faulty")}`;
      return html`<tr><th scope="row">${folder}, ${titleOf(run)}</th>
<td>${judged ? html`<span class="word ${healthy ? "good" : "bad"}">${word}</span>` : undefined}</td>
${[ends.trainLoss, ends.evalTrainLoss, ends.testLoss].map((loss) => html`<td>${fixed(loss, 3)}</td>`)}
<td>${percent(ends.testAccuracy)}</td><td>${fixed(report.runs[r].stepsPerSecond, 0)}</td></tr>`;
    });
  const columns = ["batch norm", "train", "eval", "test", "accuracy", "steps/s"];
  return html`
<section id="results">
<h1>${saved.length} runs compared</h1>
<div class="wide" tabindex="0" role="region" aria-label="Results">
<table class="results">
<caption>Loss in training, over the last epoch; at the end in eval mode on the same digits, and on test digits</caption>
<thead><tr><th scope="col">run</th>${columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${saved.flatMap(row)}</tbody>
</table>
</div>
</section>`;
}

/** Settings and environment, as far as they differ. */
function differences(saved: readonly SavedReport[]): Html {
  const rows: [string, string[]][] = settingKeys.map((key) => [
    nameOfSetting(key),
    saved.map(({ report }) => settingText(report.settings, key)),
  ]);
  const environments = saved.map(({ report }) => report.environment && environmentTexts(report.environment));
  const names = environments.find((texts) => texts !== undefined)?.map(([name]) => name) ?? [];
  names.forEach((name, i) => {
    rows.push([name, environments.map((texts) => texts?.[i][1] ?? "not recorded")]);
  });
  const different = rows.filter(([, texts]) => new Set(texts).size > 1);
  return html`
<section id="settings">
<h2>What differs</h2>
${
  different.length === 0
    ? html`<p>Nothing: settings and environment are the same.</p>`
    : html`<div class="wide" tabindex="0" role="region" aria-label="What differs"><table>
<thead><tr><th scope="col">setting</th>${saved.map(({ folder }) => html`<th scope="col">${folder}</th>`)}</tr></thead>
<tbody>${different.map(([name, texts]) => html`<tr><th scope="row">${name}</th>${texts.map((text) => html`<td>${text}</td>`)}</tr>`)}</tbody>
</table></div>`
}
</section>`;
}
