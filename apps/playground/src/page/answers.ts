import { formatted } from "laboratory/page";
import { bestOf, type Guess } from "../best-of.js";
import type { Prediction } from "../messages.js";
import { element, find } from "./dom.js";

/** What the networks take the drawn digit for, and the words that say it. */
export class Answers {
  readonly #grid = find<HTMLElement>(".answers-grid");
  readonly #words = find<HTMLElement>("#answer");

  clear(): void {
    this.#grid.replaceChildren();
    this.#words.textContent = "Nothing is drawn yet.";
  }

  show({ plain, batchNorm }: Prediction): void {
    this.#grid.replaceChildren(
      ...(batchNorm
        ? [
            bars("with batch norm, training mode", "series-1", batchNorm.train),
            bars("with batch norm, eval mode", "series-2", batchNorm.eval),
          ]
        : []),
      bars("without batch norm, either mode", "series-6", plain),
    );
    const text = wordsFor({ plain, ...(batchNorm && { batchNorm }) });
    // A screen reader speaks what changes.
    if (this.#words.textContent !== text) this.#words.textContent = text;
  }
}

function wordsFor({ plain, batchNorm }: Prediction): string {
  const without = `without batch norm ${bestOf(plain).digit}`;
  if (!batchNorm) return `It is taken for: ${without}.`;
  const [train, evaluated] = [bestOf(batchNorm.train), bestOf(batchNorm.eval)];
  const answers = `in training mode ${train.digit}, in eval mode ${evaluated.digit}, ${without}`;
  return `It is taken for: ${answers}. ${agreement(train, evaluated)}`;
}

/** Probabilities this far apart are no matter of the digits that a batch happens to hold. */
const FAR = 0.25;

function agreement(train: Guess, evaluated: Guess): string {
  if (train.digit !== evaluated.digit) return "The two modes disagree, with the same weights.";
  return Math.abs(train.probability - evaluated.probability) < FAR
    ? "Both modes agree."
    : "Both modes name the same digit, but one is far less sure, with the same weights.";
}

function bars(title: string, color: string, probabilities: Float32Array): HTMLElement {
  const { digit: best, probability } = bestOf(probabilities);
  const rows = Array.from(probabilities, (share, digit) => {
    const bar = element("span", { class: "bar" });
    bar.style.inlineSize = `${(100 * share).toFixed(1)}%`;
    bar.style.background = `var(--${color})`;
    return element(
      "li",
      digit === best ? { class: "best" } : {},
      element("span", { class: "digit" }, String(digit)),
      element("span", { class: "track" }, bar),
    );
  });
  const list = element("ol", { "aria-hidden": "true" });
  list.append(...rows);
  return element(
    "div",
    { class: "answer" },
    element("h3", {}, title),
    element("p", {}, element("strong", {}, String(best)), ` ${formatted(probability, "percent")}`),
    list,
  );
}
