import { element, find } from "../page/dom.js";
import type { Settings } from "../settings/settings.js";
import type { Happening } from "./happening.js";
import { steps } from "./steps.js";

/** The tour's steps, checked off in any order as they are done. The first that is not done yet lies open. */
export class Tour {
  readonly #folds: readonly HTMLDetailsElement[];
  readonly #done = new Set<number>();

  constructor(onSetUp: (settings: Settings) => void) {
    this.#folds = steps.map(({ title, text, settings }) => {
      const button = element(
        "button",
        { type: "button", "aria-label": `Set up and start: ${title}` },
        "Set up and start",
      );
      button.addEventListener("click", () => onSetUp(settings));
      return element(
        "details",
        {},
        element("summary", { class: "step-title" }, title, element("span", { class: "mark" })),
        element("p", { class: "muted" }, text),
        button,
      );
    });
    find("#tour ol").append(...this.#folds.map((fold) => element("li", {}, fold)));
    this.#folds[0].open = true;
  }

  observe(happening: Happening): void {
    const before = this.#done.size;
    steps.forEach(({ done }, i) => {
      if (!this.#done.has(i) && done(happening)) this.#check(i);
    });
    if (this.#done.size === before) return;
    const next = this.#folds.find((_, i) => !this.#done.has(i));
    if (next) next.open = true;
    find("#tour-count").textContent = next ? `${this.#done.size} of ${steps.length} done` : "All five done.";
  }

  #check(i: number): void {
    this.#done.add(i);
    find(".mark", this.#folds[i]).textContent = " ✓ done";
    // What holds the focus stays in view.
    if (!this.#folds[i].contains(document.activeElement)) this.#folds[i].open = false;
  }
}
