import type { Check, Verdict } from "@handgrad/bn-doctor";
import { counts, evidenceText, figures, headline, type NamedFault, namedFaults } from "laboratory";
import type { Settings } from "../settings/settings.js";
import { element, find } from "./dom.js";

const marks = [
  [true, "good", "✓ passed"],
  [false, "bad", "✗ failed"],
  ["inconclusive", "unsure", "? open"],
] as const;

/** The judge's verdict in words, with every fault that it names. */
export class VerdictView {
  readonly #section = find<HTMLElement>("#verdict");
  readonly #body = find<HTMLElement>(".body", this.#section);
  readonly #headline = find<HTMLElement>(".headline", this.#section);
  readonly #checks = find<HTMLElement>(".checks", this.#section);

  /** Before the first judgement. */
  clear({ batchNorm }: Settings): void {
    this.#tone("");
    this.#say("");
    this.#checks.replaceChildren();
    this.#body.replaceChildren(
      element(
        "p",
        { class: "muted" },
        batchNorm
          ? "The judge looks at step 50, every 100 steps, and whenever the training pauses. It sees the layers and the curves, not the planted fault."
          : "Batch norm is off: there is nothing to judge.",
      ),
    );
  }

  show(step: number, verdict: Verdict): void {
    const faults = namedFaults(verdict.faults);
    const open = verdict.checks.some(({ passed }) => passed === "inconclusive");
    this.#tone(!verdict.healthy ? "bad" : open || faults.length > 0 ? "unsure" : "good");
    const mark = verdict.healthy ? (open ? "?" : "✓") : "✗";
    this.#say(`${mark} ${headline(verdict, faults)}`);
    this.#body.replaceChildren(
      ...faults.map(faultCard),
      ...failures(verdict, faults),
      element("p", { class: "muted" }, `Judged at step ${step}.`),
    );
    this.#checks.replaceChildren(...verdict.checks.map(checkItem));
  }

  /** A screen reader speaks what changes. */
  #say(text: string): void {
    if (this.#headline.textContent !== text) this.#headline.textContent = text;
  }

  #tone(tone: string): void {
    this.#section.className = `verdict ${tone}`;
  }
}

function faultCard(fault: NamedFault): HTMLElement {
  const { id, layers, meaning, evidence, repair } = fault;
  return element(
    "div",
    { class: `fault ${counts(fault) ? "bad" : "unsure"}` },
    element("h3", {}, element("code", {}, id), ` in ${layers.join(", ")}`),
    element("p", {}, meaning),
    ...(evidence ? [element("p", {}, evidenceText(evidence))] : []),
    ...(repair === undefined ? [] : [element("p", {}, element("strong", {}, "Repair: "), repair)]),
  );
}

/** What failed or stays open and has no fault's name: its meaning says why. */
function failures({ checks }: Verdict, faults: readonly NamedFault[]): HTMLElement[] {
  const told = faults.some(counts) ? [] : checks.filter(({ passed }) => passed !== true);
  const meanings = [...new Set(told.map(({ meaning }) => meaning))];
  return meanings.map((meaning) => element("p", {}, meaning));
}

function checkItem(check: Check): HTMLElement {
  const [, tone, word] = marks.find(([passed]) => passed === check.passed) ?? marks[2];
  return element(
    "li",
    { class: tone },
    element("span", { class: "word" }, word),
    " ",
    element("strong", {}, check.id),
    " ",
    element("span", { class: "figure" }, figures(check)),
    element("p", {}, check.meaning),
  );
}
