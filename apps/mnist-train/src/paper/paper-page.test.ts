import { parseHTML } from "linkedom";
import { expect, it } from "vitest";
import type { ChartData } from "../html-report/chart-data.js";
import { testEnvironment } from "../report/test-results.js";
import { paperPage } from "./paper-page.js";
import { paperDefaults } from "./settings.js";
import { brokenRun, plainRun, testFigure } from "./test-figure.js";
import { paperText } from "./text.js";

function open(figure = testFigure, settings = paperDefaults) {
  const { document } = parseHTML(paperPage(settings, figure, testEnvironment, ""));
  const charts: ChartData[] = JSON.parse(document.getElementById("charts")?.textContent ?? "");
  const rows = (section: string) =>
    [...document.querySelectorAll(`${section} tbody tr`)].map((row) =>
      [...row.querySelectorAll("th, td")].map(({ textContent }) =>
        textContent?.replace("\u00a0", " ").trim(),
      ),
    );
  return { document, charts, rows };
}

it("draws a, b and c: (a) with the paper's y axis, (b) and (c) on one scale", () => {
  const { charts } = open();
  expect(charts.map(({ title }) => title)).toEqual([
    "(a) Accuracy on test digits",
    "(b) without batch norm",
    "(c) with batch norm",
  ]);
  expect(charts.map(({ range }) => range)).toEqual([
    [0.7, 1],
    [-1.5, 1.5],
    [-1.5, 1.5],
  ]);
  expect(charts[0].series.map(({ stroke }) => stroke)).toEqual(["dashed", "solid"]);
  expect(charts[2].series.map(({ label, points }) => [label, points[1]])).toEqual([
    ["15th percentile", [2000, -1.5]],
    ["median", [2000, 0.25]],
    ["85th percentile", [2000, 1.5]],
  ]);
});

it("has the numbers beside the published ones, and what the paper says", () => {
  const { document, rows } = open();
  expect(rows("#summary")).toEqual([
    ["without batch norm", "11.5 %", "80.0 %", "91.0 %", "95.0 %", "2,000"],
    ["with batch norm", "85.0 %", "90.0 %", "92.5 %", "95.0 %", "1,000"],
    ["published, without batch norm", "11.7 %", "89.3 %", "94.5 %", "", ""],
    ["published, with batch norm", "89.6 %", "94.5 %", "95.2 %", "", ""],
  ]);
  expect([...document.querySelectorAll("dt.good")]).toHaveLength(3);
});

it("shows the grid, the better network in bold, a run that broke down as a dash", () => {
  const { document, rows } = open();
  expect(rows("#grid")[4]).toEqual(["0.3, without", "20.0 %", "30.0 %", "40.0 %", "50.0 %", "–"]);
  const bold = [...document.querySelectorAll("#grid strong")].map(({ textContent }) =>
    textContent?.replace("\u00a0", " "),
  );
  const withBatchNorm = ["50.0 %", "51.0 %", "52.0 %", "53.0 %", "54.0 %"];
  expect(bold).toEqual([...withBatchNorm, ...withBatchNorm, ...withBatchNorm]);
  expect(document.querySelector("#grid p:last-child")?.textContent).toBe(
    "At its best: without batch norm 50.0 % (weight scale 0.3, learning rate 1); with batch norm 54.0 % (weight scale 0.03, learning rate 3).",
  );
});

it("says how to get it again, whatever the folder is called", () => {
  const settings = { ...paperDefaults, data: "<b>", steps: 50_000, gridSteps: 0 };
  const { document } = open({ ...testFigure, grid: [] }, settings);
  expect(document.querySelector("#settings code")?.textContent).toBe(
    "pnpm --filter mnist-train start paper --data <b> --steps 50000 --grid-steps 0",
  );
  expect(document.querySelector("b")).toBeNull();
  expect(document.querySelector("#grid")).toBeNull();
});

it("a run that broke down is named, and the y axis shows all", () => {
  const { document, charts } = open({ ...testFigure, runs: [plainRun, brokenRun], grid: [] });
  expect(document.querySelector("#summary")?.textContent).toContain("with batch norm broke down at step 1");
  expect(charts[0].range).toBeUndefined();
});

it("the terminal gets the same numbers", () => {
  expect(paperText(testFigure, paperDefaults)).toMatchInlineSnapshot(`
    "Accuracy on test digits; 5,000 steps, learning rate 0.1, weight scale 0.1.
    (training: on training digits, at the end; 90 % at: the first step that has it)
                                   step 200  step 1,000     end  training  90 % at
    without batch norm               11.5 %      80.0 %  91.0 %    95.0 %    2,000
    with batch norm                  85.0 %      90.0 %  92.5 %    95.0 %    1,000
    published, without batch norm    11.7 %      89.3 %  94.5 %
    published, with batch norm       89.6 %      94.5 %  95.2 %
    On 2,000 test digits one standard error is 0.6 %.

    What a sigmoid of the last hidden layer gets, over the training.
                               median  85th − 15th percentile
    without batch norm  -0.50 to 1.00            0.20 to 2.00
    with batch norm      0.00 to 0.25            2.00 to 3.00

    What the paper says of its figure.
    Batch norm helps the network train faster.                     ✓ confirmed
    It helps the network achieve higher accuracy.                  ✓ confirmed
    It makes the distribution of what a sigmoid gets more stable.  ✓ confirmed

    Accuracy in % after 600 steps, without | with batch norm;
    a row a weight scale, a column a learning rate.
                 0.03          0.1          0.3            1         3
    0.03   0.0 | 50.0  10.0 | 51.0  20.0 | 52.0  30.0 | 53.0  – | 54.0
    0.1   10.0 | 50.0  20.0 | 51.0  30.0 | 52.0  40.0 | 53.0  – | 54.0
    0.3   20.0 | 50.0  30.0 | 51.0  40.0 | 52.0  50.0 | 53.0  – | 54.0
    At its best without batch norm 50.0 % (weight scale 0.3, learning rate 1),
    and with batch norm 54.0 % (weight scale 0.03, learning rate 3)."
  `);
  expect(paperText({ ...testFigure, runs: [plainRun, brokenRun], grid: [] }, paperDefaults)).toContain(
    "? open",
  );
});
