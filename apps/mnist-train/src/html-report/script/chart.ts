import { color, formatted, logTicks, roomFor, WHOLE_STEPS } from "laboratory/page";
import uPlot from "uplot";
import type { ChartData, Series } from "../chart-data.js";
import { type Columns, columnsOf, nearestValue } from "./columns.js";
import { LegendEntry } from "./legend.js";
import { numberTable } from "./number-table.js";
import { DASHES } from "./strokes.js";

const HEIGHT = 250;
/** How much of the steps is left at each press of +. */
const ZOOM = 0.5;
/** Factor between the ends of a logarithmic scale and what it shows. */
const LOG_ROOM = 1.2;
/** Below this factor between its ends such a scale is widened, or it would have no tick. */
const LEAST_FACTOR = 3;

/** One chart of the page, with its tools, legend and table, in the figure that waits for it. */
export class Chart {
  readonly #chart: ChartData;
  readonly #columns: Columns;
  readonly #plotPlace: HTMLElement;
  readonly #lastStep: number;
  /** The entry of each series; companions share one. */
  readonly #legend: readonly LegendEntry[];
  readonly #spoken = document.createElement("output");
  #scale: ChartData["scale"];
  #plot: uPlot;

  /** `lastStep` of all charts of the page, so that what stands below each other happened together. */
  constructor(chart: ChartData, figure: HTMLElement, lastStep: number) {
    this.#lastStep = lastStep;
    this.#chart = chart;
    this.#columns = columnsOf(chart);
    this.#scale = chart.scale;
    this.#plotPlace = find(figure, ".plot");
    this.#legend = this.#entries();
    find(figure, ".legend").append(...new Set(this.#legend.map(({ item }) => item)));
    find(figure, ".tools").append(...this.#tools());
    this.#spoken.className = "visually-hidden";
    figure.append(this.#spoken);
    const details = find<HTMLDetailsElement>(figure, "details");
    details.addEventListener("toggle", () => {
      const place = find(details, ".scroll");
      if (place.childElementCount === 0) place.append(numberTable(chart));
    });
    this.#plotPlace.tabIndex = 0;
    this.#plotPlace.setAttribute("role", "group");
    this.#plotPlace.setAttribute(
      "aria-label",
      `Chart: ${chart.title}. Arrow keys read values, plus and minus zoom, 0 shows all; the numbers are below.`,
    );
    this.#plotPlace.addEventListener("keydown", (event) => this.#onKey(event));
    this.#plot = this.#draw();
    this.#showAll();
    new ResizeObserver(() => {
      const { clientWidth: width } = this.#plotPlace;
      if (width > 0 && width !== this.#plot.width) this.#plot.setSize({ width, height: HEIGHT });
    }).observe(this.#plotPlace);
  }

  /** Again, in the colours that hold now, of the same steps. */
  redraw(): void {
    const { min = 0, max = this.#lastStep } = this.#plot.scales.x;
    this.#plot.destroy();
    this.#plot = this.#draw();
    this.#plot.setScale("x", { min, max });
  }

  #entries(): LegendEntry[] {
    const entries: LegendEntry[] = [];
    for (const series of this.#chart.series) {
      const toggle = (shown: boolean) => {
        this.#legend.forEach((other, i) => {
          if (other === entry) this.#plot.setSeries(i + 1, { show: shown });
        });
      };
      const entry = series.companion ? entries[entries.length - 1] : new LegendEntry(series, toggle);
      entries.push(entry);
    }
    return entries;
  }

  #draw(): uPlot {
    const { series, bands = [] } = this.#chart;
    const fill = (i: number) => `${color(`series-${series[i].color}`)}33`;
    const options: uPlot.Options = {
      width: this.#plotPlace.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false },
        dataIdx: (plot, s, index) => nearestValue(plot.data[s], index) ?? index,
        points: { size: 7 },
      },
      scales: { x: { time: false }, y: { distr: this.#scale === "log" ? 3 : 1, range: this.#range() } },
      axes: [this.#axis("step"), this.#axis()],
      series: [{}, ...series.map((one, i) => this.#series(one, this.#legend[i].shown))],
      bands: bands.map(([upper, lower]) => ({ series: [upper + 1, lower + 1], fill: fill(upper) })),
      hooks: { setCursor: [({ cursor }) => this.#showValues(cursor.idx ?? undefined)] },
    };
    return new uPlot(options, this.#values(), this.#plotPlace);
  }

  /** A logarithm has no place for 0 and less. */
  #values(): uPlot.AlignedData {
    const { steps, values } = this.#columns;
    if (this.#scale === "linear") return [steps, ...values];
    return [
      steps,
      ...values.map((column) => column.map((v) => (typeof v === "number" && v <= 0 ? null : v))),
    ];
  }

  /** uPlot's own, with some room; where there is nothing to show, any will do. */
  #range(): uPlot.Scale.Range {
    const { range: shared } = this.#chart;
    return (_, least: number | null, most: number | null) => {
      const [from, to] = shared ?? [least, most];
      if (from === null || to === null) return [0.1, 1];
      if (this.#scale === "log") {
        const room = to / from < LEAST_FACTOR ? LEAST_FACTOR : LOG_ROOM;
        return [from / room, to * room];
      }
      return uPlot.rangeNum(from, to, 0.08, true);
    };
  }

  #axis(label?: string): uPlot.Axis {
    const line = { stroke: color("line"), width: 1 };
    return {
      stroke: color("muted"),
      font: "12px system-ui, sans-serif",
      grid: line,
      ticks: { ...line, size: 5 },
      ...(label === undefined
        ? {
            size: (_, labels) => roomFor(labels),
            values: (_, ticks) => ticks.map((tick) => formatted(tick, this.#chart.format)),
            ...this.#ticks(),
          }
        : { label, labelFont: "12px system-ui, sans-serif", labelSize: 18, size: 34, incrs: WHOLE_STEPS }),
    };
  }

  /** On a logarithmic scale, the ticks that {@link logTicks} gives, all of them labelled. */
  #ticks(): uPlot.Axis {
    if (this.#scale === "linear") return {};
    return { splits: (_, __, from, to) => logTicks(from, to), filter: (_, ticks) => ticks };
  }

  #series({ label, color: number, stroke, points, wide }: Series, show: boolean): uPlot.Series {
    const paint = color(`series-${number}`);
    const line = { label, show, stroke: paint, spanGaps: true };
    if (stroke === "marks") {
      return { ...line, paths: () => null, points: { show: true, size: 4, fill: paint, width: 0 } };
    }
    if (stroke === "target") {
      return {
        ...line,
        paths: () => null,
        points: { show: true, paths: diamonds, size: 11, fill: color("card"), width: 2 },
      };
    }
    if (stroke === "edge") return { ...line, width: 0, points: { show: false } };
    // A line needs two points.
    const alone = points.filter(([, value]) => value !== null).length < 2;
    return {
      ...line,
      width: wide ? 5 : 2,
      dash: DASHES[stroke],
      points: { show: alone, size: 7, fill: paint },
    };
  }

  #showValues(index: number | undefined): void {
    const texts = new Map<LegendEntry, string[]>();
    this.#legend.forEach((entry, i) => {
      const column = this.#columns.values[i];
      const at = index === undefined ? undefined : nearestValue(column, index);
      const value = formatted(at === undefined ? null : column[at], this.#chart.format);
      texts.set(entry, [...(texts.get(entry) ?? []), value]);
    });
    for (const [entry, values] of texts) entry.value = index === undefined ? "" : values.join(" · ");
  }

  #tools(): HTMLButtonElement[] {
    const tool = (text: string, name: string, act: () => void) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.setAttribute("aria-label", name);
      button.addEventListener("click", act);
      return button;
    };
    const title = this.#chart.title;
    const tools = [
      tool("+", `Zoom in: ${title}`, () => this.#zoom(ZOOM)),
      tool("−", `Zoom out: ${title}`, () => this.#zoom(1 / ZOOM)),
      tool("All", `All steps: ${title}`, () => this.#showAll()),
    ];
    if (!this.#chart.switchable) return tools;
    const log = tool("Log", `Log scale: ${title}`, () => {
      this.#scale = this.#scale === "log" ? "linear" : "log";
      log.setAttribute("aria-pressed", String(this.#scale === "log"));
      this.redraw();
    });
    log.className = "switch";
    log.setAttribute("aria-pressed", String(this.#scale === "log"));
    return [log, ...tools];
  }

  /** Around the cursor, or the middle where there is none. */
  #zoom(factor: number): void {
    const { steps } = this.#columns;
    if (steps.length < 2) return;
    const last = this.#lastStep;
    const { min: from = 0, max: to = last } = this.#plot.scales.x;
    const { idx } = this.#plot.cursor;
    const middle = typeof idx === "number" ? steps[idx] : (from + to) / 2;
    this.#plot.setScale("x", {
      min: Math.max(0, middle - (middle - from) * factor),
      max: Math.min(last, middle + (to - middle) * factor),
    });
  }

  #showAll(): void {
    this.#plot.setScale("x", { min: 0, max: this.#lastStep });
  }

  #onKey(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -10,
      PageDown: 10,
    };
    if (event.key === "+") this.#zoom(ZOOM);
    else if (event.key === "-") this.#zoom(1 / ZOOM);
    else if (event.key === "0") this.#showAll();
    else if (event.key in moves) this.#moveCursor(moves[event.key]);
    else return;
    event.preventDefault();
  }

  #moveCursor(by: number): void {
    const { steps, values } = this.#columns;
    if (steps.length === 0) return;
    const { idx } = this.#plot.cursor;
    const index = Math.max(0, Math.min(steps.length - 1, (idx ?? (by > 0 ? -1 : steps.length)) + by));
    this.#plot.setCursor({ left: this.#plot.valToPos(steps[index], "x"), top: 10 });
    const texts = this.#chart.series.flatMap(({ label }, i) => {
      const value = values[i][index];
      return value === undefined ? [] : [`${label} ${formatted(value, this.#chart.format)}`];
    });
    this.#spoken.textContent = `Step ${steps[index]}: ${texts.join("; ")}`;
  }
}

/** A diamond at each point. */
const diamonds: uPlot.Series.Points.PathBuilder = (plot, series, from, to) => {
  const path = new Path2D();
  const radius = 6 * devicePixelRatio;
  for (let i = from; i <= to; i++) {
    const value = plot.data[series][i];
    if (typeof value !== "number") continue;
    const x = plot.valToPos(plot.data[0][i], "x", true);
    const y = plot.valToPos(value, "y", true);
    path.moveTo(x, y - radius);
    path.lineTo(x + radius, y);
    path.lineTo(x, y + radius);
    path.lineTo(x - radius, y);
    path.closePath();
  }
  return { stroke: path, fill: path };
};

function find<Found extends HTMLElement>(within: ParentNode, selector: string): Found {
  const found = within.querySelector<Found>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}
