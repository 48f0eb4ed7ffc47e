import { titleOf } from "../report/curve-names.js";
import type { Environment } from "../report/environment.js";
import type { Settings } from "../run/settings.js";
import type { Run } from "../run/train-run.js";
import { accuracyChart, lossChart } from "./charts.js";
import { figure } from "./figure.js";
import { html } from "./html.js";
import { page } from "./page.js";
import { settingsSection } from "./sections/settings.js";

/** report.html of a job that the user has ended: the curves so far, and no verdict. `script` draws the charts. */
export function interruptedPage(
  settings: Settings,
  runs: readonly Run[],
  environment: Environment,
  script: string,
): string {
  const last = runs[runs.length - 1];
  const charts = [lossChart(runs, false), accuracyChart(runs)];
  const sections = [
    html`<section id="interrupted">
<h1>Interrupted at step ${last.steps}, ${titleOf(last)}</h1>
<p>These are the curves so far. There is no verdict before both networks are trained.</p>
</section>`,
    html`<section id="curves"><h2>Loss and accuracy</h2><div class="pair">${charts.map(figure)}</div></section>`,
    settingsSection(settings, environment, runs),
  ];
  return page("mnist-train: interrupted", sections, charts, script);
}
