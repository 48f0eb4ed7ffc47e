import { color, formatted, logTicks, roomFor, WHOLE_STEPS } from "laboratory/page";
import uPlot from "uplot";
import type { Measured, NetworkName, Pair } from "../messages.js";
import { element, find } from "./dom.js";

const HEIGHT = 230;
/** Factor between the ends of the scale and what it shows, and the least one between its ends. */
const ROOM = 1.15;
const LEAST_FACTOR = 3;

export const titles: Readonly<Record<NetworkName, string>> = {
  plain: "without batch norm",
  batchNorm: "with batch norm",
};

const curves = [
  { key: "train", label: "training mode", color: "series-1", dash: [] },
  { key: "evalTrain", label: "eval mode, same data", color: "series-2", dash: [8, 4] },
  { key: "test", label: "eval mode, test data", color: "series-6", dash: [2, 3] },
] as const satisfies readonly {
  key: keyof Measured;
  label: string;
  color: string;
  dash: readonly number[];
}[];

const SVG = "http://www.w3.org/2000/svg";

/** The loss curves of both networks on one scale, and their last points as numbers. */
export class Losses {
  readonly #places: Readonly<Record<NetworkName, HTMLElement>> = {
    plain: find("#plot-plain"),
    batchNorm: find("#plot-batch-norm"),
  };
  #steps: number[] = [];
  #points: Record<NetworkName, Measured[]> = { plain: [], batchNorm: [] };
  #plots: Partial<Record<NetworkName, uPlot>> = {};

  constructor() {
    find(".legend").append(...curves.map(legendEntry));
    new ResizeObserver(() => {
      for (const name of names) {
        const { clientWidth: width } = this.#places[name];
        if (width > 0) this.#plots[name]?.setSize({ width, height: HEIGHT });
      }
    }).observe(this.#places.plain);
    this.redraw();
  }

  clear(): void {
    this.#steps = [];
    this.#points = { plain: [], batchNorm: [] };
    this.#update();
  }

  add(step: number, values: Pair<Measured>): void {
    this.#steps.push(step);
    this.#points.plain.push(values.plain);
    if (values.batchNorm) this.#points.batchNorm.push(values.batchNorm);
    this.#update();
  }

  /** Again, in the colours that hold now. */
  redraw(): void {
    for (const name of names) {
      this.#plots[name]?.destroy();
      const place = this.#places[name];
      this.#plots[name] = new uPlot(this.#options(place.clientWidth || 300), this.#data(name), place);
    }
  }

  #update(): void {
    for (const name of names) this.#plots[name]?.setData(this.#data(name));
    const rows = names.flatMap((name) => {
      const last = this.#points[name].at(-1);
      return last ? [numbersRow(titles[name], last)] : [];
    });
    find("#numbers tbody").replaceChildren(...rows);
    for (const name of names) this.#places[name].setAttribute("aria-label", this.#description(name));
  }

  #data(name: NetworkName): uPlot.AlignedData {
    const points = this.#points[name];
    return [
      this.#steps.slice(0, points.length),
      ...curves.map(({ key }) => points.map((point) => positive(point[key]))),
    ];
  }

  #description(name: NetworkName): string {
    const last = this.#points[name].at(-1);
    if (!last) return `Loss ${titles[name]}: no step yet`;
    const losses = curves.map(({ key, label }) => `${label} ${formatted(last[key], "number")}`);
    return `Loss ${titles[name]} at step ${this.#steps.at(-1)}: ${losses.join("; ")}`;
  }

  #options(width: number): uPlot.Options {
    const line = { stroke: color("line"), width: 1 };
    const axis = {
      stroke: color("muted"),
      font: "12px system-ui, sans-serif",
      grid: line,
      ticks: { ...line, size: 5 },
    };
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: this.#stepRange() }, y: { distr: 3, range: () => this.#range() } },
      axes: [
        { ...axis, incrs: WHOLE_STEPS, size: 30 },
        {
          ...axis,
          size: (_, labels) => roomFor(labels),
          splits: (_, __, from, to) => logTicks(from, to),
          filter: (_, ticks) => ticks,
          values: (_, ticks) => ticks.map((tick) => formatted(tick, "number")),
        },
      ],
      series: [
        {},
        ...curves.map(({ label, color: name, dash }) => ({
          label,
          stroke: color(name),
          width: 2,
          dash: [...dash],
          points: { show: false },
        })),
      ],
    };
  }

  #stepRange(): uPlot.Scale.Range {
    return (_, from, to) => [from ?? 0, Math.max(to ?? 0, 20)];
  }

  /** The same for both networks. */
  #range(): [number, number] {
    const values = names
      .flatMap((name) => this.#points[name].flatMap((point) => curves.map(({ key }) => positive(point[key]))))
      .filter((value) => value !== null);
    if (values.length === 0) return [0.1, 3];
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const room = most / least < LEAST_FACTOR ? Math.sqrt(LEAST_FACTOR) : ROOM;
    return [least / room, most * room];
  }
}

const names = ["plain", "batchNorm"] as const satisfies readonly NetworkName[];

/** A logarithm has no place for 0 and less, nor for what is not finite. */
const positive = (value: number): number | null => (Number.isFinite(value) && value > 0 ? value : null);

function numbersRow(title: string, { train, evalTrain, test, testAccuracy }: Measured): HTMLElement {
  const cells = [
    ...[train, evalTrain, test].map((loss) => (Number.isFinite(loss) ? loss.toFixed(3) : "–")),
    formatted(testAccuracy, "percent"),
  ];
  const row = element("tr", {}, element("th", { scope: "row" }, title));
  row.append(...cells.map((cell) => element("td", {}, cell)));
  return row;
}

function legendEntry({ label, color: name, dash }: (typeof curves)[number]): HTMLElement {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({ width: "26", height: "10", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  const stroke = {
    d: "M0 5H26",
    stroke: `var(--${name})`,
    "stroke-width": "2",
    "stroke-dasharray": dash.join(" "),
  };
  for (const [key, value] of Object.entries(stroke)) path.setAttribute(key, value);
  svg.append(path);
  return element("li", {}, svg, label);
}
