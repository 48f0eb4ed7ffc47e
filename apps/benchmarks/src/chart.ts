import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { Results } from "./benchmark.js";
import { machine } from "./report.js";
import { againstBatch, type Column, samplesOf, tablesOf } from "./results.js";
import { digits, units } from "./show.js";
import { median, quantile } from "./statistics.js";

type ParsedDocument = ReturnType<typeof parseHTML>["document"];

const WIDTH = 520;
const ROW = 26;
const NAMES = 136;
/** Colours of the page's style sheet, which differ in light and dark. */
const COLORS = 4;

interface Point {
  readonly contender: string;
  readonly column: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** All results as one page that needs nothing else: a plot for each table, one row a contender. */
export function chartPage(results: Results): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const { processor, cores, node } = machine();
  const order = results.participants.map(({ id }) => id);
  const figures = [...tablesOf([...results.columns, ...againstBatch(results.columns)])].flatMap(
    ([title, group]) =>
      // Columns of one table share an axis where they share a unit.
      [...new Set(group.map(({ show }) => show))].map((show) =>
        figure(
          title,
          group.filter((column) => column.show === show),
          order,
          document,
        ),
      ),
  );
  return page(
    `${processor}, ${cores} cores, Node ${node.slice(1)}. A dot is the median of the rounds, its line reaches from the lower to the upper quartile. Axes are logarithmic.`,
    figures.join("\n"),
  );
}

function figure(
  title: string,
  group: readonly Column[],
  order: readonly string[],
  document: ParsedDocument,
): string {
  const { label, of, rising } = units[group[0].show];
  const points = group.flatMap(({ column, multiplyAdds, outcomes }) =>
    outcomes.flatMap((outcome): Point[] => {
      const samples = samplesOf(outcome);
      if (!samples) return [];
      const shown = (measured: number) => of(measured, multiplyAdds);
      return [
        {
          contender: outcome.contender,
          column,
          value: shown(median(samples)),
          low: shown(quantile(samples, 0.25)),
          high: shown(quantile(samples, 0.75)),
        },
      ];
    }),
  );
  const contenders = order.filter((id) => points.some(({ contender }) => contender === id));
  if (contenders.length === 0) return "";
  const columns = [...new Set(group.map(({ column }) => column))];
  const chart = Plot.plot({
    document: document as never,
    width: WIDTH,
    height: ROW * contenders.length + 64,
    marginLeft: NAMES,
    marginRight: 20,
    style: { background: "none", color: "currentColor", fontSize: "13px", fontFamily: "inherit" },
    x: {
      type: "log",
      label: null,
      inset: 10,
      grid: true,
      ticks: 5,
      tickFormat: (value: number) => plain(value),
    },
    y: { domain: contenders, label: null, padding: 0.4 },
    marks: [
      Plot.ruleY(contenders, { stroke: "var(--line)" }),
      ...columns.flatMap((name, i) => {
        const own = points.filter(({ column }) => column === name);
        const color = `var(--color-${i % COLORS})`;
        // A little beside each other: equal values would hide one another.
        const dy = 4 * (i - (columns.length - 1) / 2);
        return [
          Plot.link(own, {
            x1: "low",
            x2: "high",
            y1: "contender",
            y2: "contender",
            stroke: color,
            strokeWidth: 3,
            strokeOpacity: 0.5,
            dy,
          }),
          Plot.dot(own, {
            x: "value",
            y: "contender",
            fill: color,
            stroke: "var(--background)",
            r: 5,
            dy,
            title: ({ contender, column, value }: Point) =>
              `${contender}, ${column}: ${digits(value)} ${label}`,
          }),
        ];
      }),
    ],
  });
  chart.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", `${title}: ${label} by contender`);
  const keys = columns
    .map((column, i) => `<li><i style="background:var(--color-${i % COLORS})"></i>${html(column)}</li>`)
    .join("");
  return `<figure><figcaption>${html(title)}<small>${label}, ${rising ? "more" : "less"} is better</small></figcaption>
<ul>${keys}</ul>
${chart.outerHTML}</figure>`;
}

/** 0.5, 20, 3,000: a tick of a logarithmic axis. */
const plain = (value: number): string =>
  /^[125]/.test(value.toExponential()) ? value.toLocaleString("en-US", { maximumFractionDigits: 6 }) : "";

const html = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (about: string, figures: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>handgrad: benchmarks</title>
<style>
:root { --background: #fff; --text: #222; --line: #e3e3e3; --color-0: #0072b2; --color-1: #d55e00; --color-2: #008a65; --color-3: #b0519a; }
@media (prefers-color-scheme: dark) {
  :root { --background: #16181c; --text: #e4e6ea; --line: #33373e; --color-0: #56b4e9; --color-1: #f28e2b; --color-2: #3cc59b; --color-3: #e79ac9; }
}
body { margin: 0 auto; padding: 16px; max-width: 1120px; background: var(--background); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 480px), 1fr)); gap: 28px; }
figure { margin: 0; }
figcaption { font-weight: 600; }
small { display: block; font-weight: 400; opacity: 0.75; }
ul { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 6px 0 0; padding: 0; list-style: none; font-size: 13px; }
i { display: inline-block; width: 10px; height: 10px; margin-right: 6px; border-radius: 50%; }
svg { width: 100%; height: auto; }
</style>
<h1>handgrad beside its peers</h1>
<p>${html(about)}</p>
<main>
${figures}
</main>
</html>
`;
