import type { Series } from "../chart-data.js";
import { DASHES } from "./strokes.js";

const SVG = "http://www.w3.org/2000/svg";

/** One entry of a chart's legend: a button that hides and shows the series, and its value under the cursor. */
export class LegendEntry {
  readonly item = document.createElement("li");
  readonly #button = document.createElement("button");
  readonly #value = document.createElement("span");

  constructor({ label, color, stroke }: Series, onToggle: (shown: boolean) => void) {
    this.#button.type = "button";
    this.#button.setAttribute("aria-pressed", "true");
    this.#value.className = "value";
    this.#button.append(sample(color, stroke), document.createTextNode(label), this.#value);
    this.#button.addEventListener("click", () => {
      const shown = this.#button.getAttribute("aria-pressed") !== "true";
      this.#button.setAttribute("aria-pressed", String(shown));
      onToggle(shown);
    });
    this.item.append(this.#button);
  }

  get shown(): boolean {
    return this.#button.getAttribute("aria-pressed") === "true";
  }

  set value(text: string) {
    this.#value.textContent = text;
  }
}

/** The series' line or mark in small. */
function sample(color: number, stroke: Series["stroke"]): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("width", "26");
  svg.setAttribute("height", "10");
  svg.setAttribute("aria-hidden", "true");
  const draw = (name: string, attributes: Readonly<Record<string, string>>) => {
    const shape = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    svg.append(shape);
  };
  const paint = `var(--series-${color})`;
  if (stroke === "marks") draw("circle", { cx: "13", cy: "5", r: "2.5", fill: paint });
  else if (stroke === "target")
    draw("path", { d: "M13 .5 17.5 5 13 9.5 8.5 5Z", fill: "none", stroke: paint, "stroke-width": "2" });
  else if (stroke !== "edge") {
    const dash = DASHES[stroke].join(" ");
    draw("path", { d: "M0 5H26", stroke: paint, "stroke-width": "2", "stroke-dasharray": dash });
  }
  return svg;
}
