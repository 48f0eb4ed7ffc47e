import { followTheme } from "laboratory/page";
import uplotStyles from "uplot/dist/uPlot.min.css";
import { CHARTS_ID, type ChartData } from "../chart-data.js";
import { Chart } from "./chart.js";

const style = document.createElement("style");
style.textContent = uplotStyles;
document.head.prepend(style);

const given: ChartData[] = JSON.parse(document.getElementById(CHARTS_ID)?.textContent ?? "[]");
const charts: Chart[] = [];
const button = document.querySelector<HTMLButtonElement>("button.theme");
if (button)
  followTheme(button, () => {
    for (const chart of charts) chart.redraw();
  });
const steps = given.flatMap(({ series }) => series.flatMap(({ points }) => points.map(([step]) => step)));
const lastStep = steps.reduce((last, step) => Math.max(last, step), 1);
for (const data of given) {
  const place = document.querySelector<HTMLElement>(`[data-chart="${data.id}"]`);
  if (place) charts.push(new Chart(data, place, lastStep));
}
