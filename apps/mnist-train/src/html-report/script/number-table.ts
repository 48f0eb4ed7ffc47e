import { formatted } from "laboratory/page";
import type { ChartData } from "../chart-data.js";
import { columnsOf } from "./columns.js";

const element = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  text = "",
): HTMLElementTagNameMap[Name] => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};

const headerCell = (text: string, scope: "col" | "row"): HTMLTableCellElement => {
  const cell = element("th", text);
  cell.scope = scope;
  return cell;
};

/** The numbers behind a chart: a row a step, a column a series. */
export function numberTable(chart: ChartData): HTMLTableElement {
  const { steps, values } = columnsOf(chart);
  const table = element("table");
  table.append(element("caption", chart.title));
  const head = table.createTHead().insertRow();
  head.append(headerCell("step", "col"), ...chart.series.map(({ label }) => headerCell(label, "col")));
  const body = table.createTBody();
  steps.forEach((step, i) => {
    const cells = values.map((column) => {
      const value = column[i];
      return element("td", value === undefined ? "" : formatted(value, chart.format));
    });
    body.insertRow().append(headerCell(String(step), "row"), ...cells);
  });
  return table;
}
