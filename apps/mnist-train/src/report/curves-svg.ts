import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Run } from "../run/train-run.js";
import { lossCurves, titleOf } from "./curve-names.js";

const WIDTH = 960;
const HEIGHT = 420;
const LEFT = 56;
/** Okabe & Ito's colours, which people with any colour vision tell apart; dashes tell them apart in print. */
const styles = {
  trainLoss: { color: "#0072b2", dash: "" },
  evalTrainLoss: { color: "#009e73", dash: "7 3" },
  testLoss: { color: "#d55e00", dash: "2 3" },
} as const;

/** The losses of both runs side by side on one logarithmic axis, as one SVG file with its own white background. */
export function curvesSvg(runs: readonly Run[]): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const lines = lossCurves.map(({ key }) => ({
    style: styles[key],
    points: runs.flatMap((run) =>
      run.curves[key]
        .filter(([, loss]) => Number.isFinite(loss) && loss > 0)
        .map(([step, loss]) => ({ run: titleOf(run), step, loss })),
    ),
  }));
  const lastStep = Math.max(...runs.map(({ steps }) => steps));
  const chart = Plot.plot({
    document: document as never,
    width: WIDTH,
    height: HEIGHT,
    marginTop: 72,
    marginRight: 24,
    marginLeft: LEFT,
    marginBottom: 44,
    style: { fontSize: "13px", fontFamily: "system-ui, sans-serif", background: "white", color: "#222" },
    fx: { domain: runs.map(titleOf), label: null, padding: 0.08 },
    x: { domain: [0, lastStep], label: "step", ticks: Math.min(5, lastStep), tickFormat: ",d", grid: true },
    y: { type: "log", label: null, tickFormat: "~g", ticks: 6, grid: true },
    marks: [
      Plot.frame({ stroke: "#ccc" }),
      ...lines.flatMap(({ style, points }) => {
        const position = { fx: "run", x: "step", y: "loss" };
        return [
          Plot.line(points, {
            ...position,
            stroke: style.color,
            strokeDasharray: style.dash,
            strokeWidth: 2,
          }),
          Plot.dot(points, { ...position, fill: style.color, r: 2.2 }),
        ];
      }),
    ],
  });

  const element = (name: string, attributes: Readonly<Record<string, string | number>>, text = "") => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    made.textContent = text;
    return made as never;
  };
  chart.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", `Loss by step: ${runs.map(titleOf).join(" and ")}`);
  chart.prepend(element("rect", { width: "100%", height: "100%", fill: "white" }));
  chart.append(
    element("text", { x: LEFT, y: 24, "text-anchor": "start", "font-weight": "bold" }, "Loss (logarithmic)"),
  );
  for (const [i, { key, label }] of lossCurves.entries()) {
    const x = LEFT + 190 + 210 * i;
    const { color, dash } = styles[key];
    chart.append(
      element("line", {
        x1: x,
        x2: x + 32,
        y1: 20,
        y2: 20,
        stroke: color,
        "stroke-dasharray": dash,
        "stroke-width": 2,
      }),
      element("text", { x: x + 40, y: 24, "text-anchor": "start" }, label),
    );
  }
  return `${chart.outerHTML}\n`;
}
