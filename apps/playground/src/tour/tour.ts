import { element, find } from "../page/dom.js";
import type { Settings } from "../settings/settings.js";
import type { Happening } from "./happening.js";
import { steps } from "./steps.js";

/** The list of the tour's steps, checked off in any order as they are done. */
export class Tour {
  readonly #items: readonly HTMLElement[];
  readonly #done = new Set<number>();

  constructor(onSetUp: (settings: Settings) => void) {
    this.#items = steps.map(({ title, text, settings }) => {
      const button = element(
        "button",
        { type: "button", "aria-label": `Set up and start: ${title}` },
        "Set up and start",
      );
      button.addEventListener("click", () => onSetUp(settings));
      return element(
        "li",
        {},
        element("strong", {}, title),
        element("span", { class: "mark" }),
        element("p", { class: "step-text" }, text),
        button,
      );
    });
    find("#tour ol").append(...this.#items);
  }

  observe(happening: Happening): void {
    steps.forEach(({ done }, i) => {
      if (this.#done.has(i) || !done(happening)) return;
      this.#done.add(i);
      this.#items[i].classList.add("done");
      find(".mark", this.#items[i]).textContent = " ✓ done";
      find("#tour-count").textContent =
        this.#done.size === steps.length ? "All five done." : `${this.#done.size} of ${steps.length} done`;
    });
  }
}
