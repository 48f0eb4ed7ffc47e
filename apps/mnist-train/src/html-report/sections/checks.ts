import type { Check } from "@handgrad/bn-doctor";
import { figures, firstSentence } from "laboratory";
import { advice } from "../advice.js";
import { type Html, html } from "../html.js";

/** Every check with its figure, its bound, what it means, and what to do where it failed; those first. */
export function checksSection(checks: readonly Check[]): Html {
  const rank = ({ passed }: Check) => (passed === false ? 0 : passed === "inconclusive" ? 1 : 2);
  const sorted = [...checks].sort((a, b) => rank(a) - rank(b));
  return html`
<section id="checks">
<h2>Checks</h2>
<p class="muted">Figure and bound of each. Where the bound is 1, it is the error that rounding explains.</p>
<ul class="checks">${sorted.map(item)}</ul>
</section>`;
}

function item(check: Check): Html {
  const { id, passed, meaning } = check;
  const [tone, word] =
    passed === true ? ["good", "✓ passed"] : passed === false ? ["bad", "✗ failed"] : ["unsure", "? open"];
  return html`
<li class="${tone}">
<div><span class="word">${word}</span> <span><strong>${id}</strong> <span class="figure">${figures(check)}</span></span></div>
<div><p>${passed === true ? firstSentence(meaning) : meaning}</p>
${passed === false ? html`<p class="todo">To do: ${advice[id]}</p>` : undefined}</div>
</li>`;
}
