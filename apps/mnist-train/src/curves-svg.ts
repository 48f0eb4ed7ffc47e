import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { lossCurves, titleOf } from "./curve-names.js";
import type { Run } from "./train-run.js";

const WIDTH = 960;
const HEIGHT = 420;
/** Okabe & Ito's colours, which people with any colour vision tell apart; dashes tell them apart in print. */
const styles = {
  trainLoss: { color: "#0072b2", dash: "" },
  evalTrainLoss: { color: "#009e73", dash: "7 3" },
  testLoss: { color: "#d55e00", dash: "2 3" },
} as const;

interface Datum {
  readonly run: string;
  readonly step: number;
  readonly loss: number;
}

interface Line {
  readonly label: string;
  readonly style: { readonly color: string };
  readonly data: readonly Datum[];
}

/** Names at the right ends of one run's lines, moved apart where they would lie on each other. */
function endLabels(lines: readonly Line[], run: string) {
  const losses = lines.flatMap(({ data }) => data.map(({ loss }) => loss));
  const gap = (Math.max(...losses) / Math.min(...losses)) ** (18 / HEIGHT); // 18 pixels on the logarithmic axis
  const ends = lines
    .map(({ label, style, data }) => ({
      label,
      color: style.color,
      ...data.filter((d) => d.run === run).at(-1),
    }))
    .flatMap(({ loss, step, ...end }) => (loss === undefined ? [] : [{ ...end, run, step, loss }]))
    .sort((a, b) => a.loss - b.loss);
  for (let i = 1; i < ends.length; i++) ends[i].loss = Math.max(ends[i].loss, ends[i - 1].loss * gap);
  return ends;
}

/** The losses of both runs side by side on one logarithmic axis, as one SVG file with its own white background. */
export function curvesSvg(runs: readonly Run[]): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const lines = lossCurves.map(({ key, label }) => ({
    label,
    style: styles[key],
    data: runs.flatMap((run) =>
      run.curves[key]
        .filter(([, loss]) => Number.isFinite(loss) && loss > 0)
        .map(([step, loss]): Datum => ({ run: titleOf(run), step, loss })),
    ),
  }));
  const chart = Plot.plot({
    document: document as never,
    width: WIDTH,
    height: HEIGHT,
    marginTop: 48,
    marginRight: 170,
    marginLeft: 56,
    marginBottom: 44,
    style: { fontSize: "13px", fontFamily: "system-ui, sans-serif", background: "white", color: "#222" },
    fx: { domain: runs.map(titleOf), label: null, padding: 0.08 },
    x: { label: "step", labelAnchor: "right", ticks: 5, grid: true },
    y: { type: "log", label: "loss (log scale)", tickFormat: ",.2~f", ticks: 6, grid: true },
    marks: [
      Plot.frame({ stroke: "#ccc" }),
      ...lines.map(({ style, data }) =>
        Plot.line(data, {
          fx: "run",
          x: "step",
          y: "loss",
          stroke: style.color,
          strokeDasharray: style.dash,
          strokeWidth: 2,
        }),
      ),
      Plot.text(endLabels(lines, titleOf(runs[runs.length - 1])), {
        fx: "run",
        x: "step",
        y: "loss",
        text: "label",
        fill: "color",
        textAnchor: "start",
        dx: 8,
      }),
    ],
  });
  chart.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", `Loss over steps: ${runs.map(titleOf).join(" and ")}`);
  const background = document.createElement("rect");
  for (const [name, value] of Object.entries({ width: "100%", height: "100%", fill: "white" })) {
    background.setAttribute(name, value);
  }
  chart.prepend(background as never);
  return `${chart.outerHTML}\n`;
}
