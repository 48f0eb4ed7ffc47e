import { catalogue } from "@handgrad/bn-doctor";
import { fields, keys, textOf, withText } from "../settings/fields.js";
import type { Settings } from "../settings/settings.js";
import { element, find } from "./dom.js";

type Key = keyof Settings;
type Control = HTMLInputElement | HTMLSelectElement;

/** The first are what this page is about; the others are there for who wants them. */
const first: readonly Key[] = ["batchNorm", "fault", "hidden", "activation", "decay"];

/** The settings as a form. Every change that keeps the rules is told. */
export class SettingsForm {
  readonly #controls = new Map<Key, Control>();
  readonly #errors = new Map<Key, HTMLElement>();
  readonly #onChange: (settings: Settings) => void;
  #settings: Settings;

  constructor(settings: Settings, onChange: (settings: Settings) => void) {
    this.#settings = settings;
    this.#onChange = onChange;
    const form = find<HTMLFormElement>("#settings form");
    form.addEventListener("submit", (event) => event.preventDefault());
    const rest = keys.filter((key) => !first.includes(key));
    form.append(
      ...first.map((key) => this.#row(key)),
      element("details", {}, element("summary", {}, "More"), ...rest.map((key) => this.#row(key))),
    );
    this.show(settings);
  }

  show(settings: Settings): void {
    this.#settings = settings;
    for (const key of keys) {
      const control = this.#controls.get(key);
      if (control) control.value = textOf(settings, key);
      this.#tell(key, "");
    }
    const { fault, batchNorm } = settings;
    const faultChoice = this.#controls.get("fault");
    if (faultChoice) faultChoice.disabled = !batchNorm;
    find("#fault-summary").textContent = fault === null ? "" : catalogue[fault].summary;
  }

  #row(key: Key): HTMLElement {
    const { label, choices, rule } = fields[key];
    const id = `setting-${key}`;
    const control = choices ? element("select", { id }) : element("input", { id, autocomplete: "off" });
    for (const choice of choices ?? []) control.append(element("option", { value: choice }, choice));
    const help = `${id}-help`;
    const error = element("span", { id: help, class: "error" });
    control.setAttribute("aria-describedby", key === "fault" ? `${help} fault-summary` : help);
    control.title = rule;
    control.addEventListener("change", () => this.#take(key, control.value));
    this.#controls.set(key, control);
    this.#errors.set(key, error);
    const row = element(
      "p",
      { class: key === "fault" ? "row full" : "row" },
      element("label", { for: id }, label),
      control,
      error,
    );
    if (key === "fault") row.append(element("span", { id: "fault-summary", class: "muted" }));
    return row;
  }

  #take(key: Key, text: string): void {
    const { settings, problem } = withText(this.#settings, key, text);
    this.#tell(key, problem ?? "");
    if (problem === undefined) this.#onChange(settings);
  }

  #tell(key: Key, problem: string): void {
    const error = this.#errors.get(key);
    if (error) error.textContent = problem;
    this.#controls.get(key)?.setAttribute("aria-invalid", String(problem !== ""));
  }
}
