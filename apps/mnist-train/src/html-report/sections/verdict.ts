import type { Verdict } from "@handgrad/bn-doctor";
import { brokeDown, counts, evidenceText, headline, type NamedFault } from "laboratory";
import { titleOf } from "../../report/curve-names.js";
import { endsOf } from "../../run/run-ends.js";
import type { Run } from "../../run/train-run.js";
import { fixed, percent } from "../../terminal/text.js";
import { advice, shownIn } from "../advice.js";
import { type Html, html } from "../html.js";

/** The verdict in one sentence, what is wrong, where it shows, and what to do. */
export function verdictSection(
  verdict: Verdict,
  faults: readonly NamedFault[],
  runs: readonly Run[],
  epochs: number,
): Html {
  const open = verdict.checks.some(({ passed }) => passed === "inconclusive");
  const unsure = verdict.healthy && (open || faults.length > 0);
  const [tone, mark, word] = !verdict.healthy
    ? ["bad", "✗", brokeDown(verdict) && !faults.some(counts) ? "Broke down" : "Faulty"]
    : unsure
      ? ["unsure", "!", faults.length > 0 ? "Healthy, but fragile" : "Healthy, as far as it could be judged"]
      : ["good", "✓", "Healthy"];
  return html`
<section class="verdict ${tone}">
<p class="word"><span aria-hidden="true">${mark}</span> ${word}</p>
<h1>${headline(verdict, faults)}</h1>
<div class="sides"><div>
${runs.map(brokenOff)}
<p>${toDo(verdict, faults, open)}</p>
${whereShown(verdict)}
${faults.map(faultCard)}
</div>
${results(runs, epochs)}
</div>
</section>`;
}

function brokenOff(run: Run): Html {
  const { firstNonFinite: first } = run;
  if (!first) return html``;
  return html`<p><strong>The run ${titleOf(run)} ended early, at step ${first.step}:</strong> the first value that is not finite is in ${first.where}.</p>`;
}

function toDo({ healthy, checks }: Verdict, faults: readonly NamedFault[], open: boolean): string {
  if (faults.some(counts)) return "To do: repair what is named below, then train again.";
  const failed = checks.filter(({ passed }) => passed === false);
  if (failed.length === 1) return `To do: ${advice[failed[0].id]}`;
  if (!healthy) return "To do: go through the failed checks below; each says what to look at.";
  if (faults.length > 0)
    return "Nothing has to be done for these digits; on inputs far from zero the habit below harms.";
  if (open) return "Nothing failed. The open checks below say what they would need to decide.";
  return "Nothing to do: every check passed.";
}

function whereShown({ checks, healthy }: Verdict): Html {
  if (healthy) return html``;
  const failed = checks.filter(({ passed }) => passed === false);
  const places = failed.flatMap(({ id }) => shownIn[id] ?? []);
  if (places.length === 0) {
    return html`<p>No curve below shows it: it is in the numbers that the <a href="#checks">checks</a> compare.</p>`;
  }
  return html`<p>Where it shows: ${places.map(
    ({ href, text }, i) => html`${i === 0 ? "" : "; "}<a href="${href}">${text}</a>`,
  )}.</p>`;
}

function faultCard(fault: NamedFault): Html {
  const { id, layers, meaning, evidence, repair } = fault;
  return html`
<div class="fault ${counts(fault) ? "bad" : "unsure"}">
<h2><code>${id}</code> in ${layers.join(", ")}</h2>
<p>${meaning}</p>
<dl>
${evidence === undefined ? undefined : html`<dt>Evidence</dt><dd>${evidenceText(evidence)}</dd>`}
${repair === undefined ? undefined : html`<dt>Repair</dt><dd>${repair}</dd>`}
</dl>
</div>`;
}

function results(runs: readonly Run[], epochs: number): Html {
  return html`
<div class="wide" tabindex="0" role="region" aria-label="Results">
<table class="results">
<caption>Loss in training, over the last epoch; at the end in eval mode on the same digits, and on test digits</caption>
<thead><tr><th scope="col"><span class="visually-hidden">network</span></th><th scope="col">train</th><th scope="col">eval</th><th scope="col">test</th><th scope="col">accuracy</th></tr></thead>
<tbody>${runs.map((run) => {
    const ends = endsOf(run, epochs);
    const losses = [ends.trainLoss, ends.evalTrainLoss, ends.testLoss];
    return html`<tr><th scope="row">${titleOf(run)}</th>${losses.map((loss) => html`<td>${fixed(loss, 3)}</td>`)}<td>${percent(ends.testAccuracy)}</td></tr>`;
  })}</tbody>
</table>
</div>`;
}
