import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { BadInput } from "terminal";
import { afterAll, describe, expect, it } from "vitest";
import { createReport, toJson } from "../report/report.js";
import { readSavedReport } from "../report/saved-report.js";
import { brokenResult, testEnvironment, testResult } from "../report/test-results.js";
import { defaults, type Settings } from "../run/settings.js";
import type { ChartData } from "./chart-data.js";
import { comparePage } from "./compare-page.js";

const work = mkdtempSync(join(tmpdir(), "mnist-train-"));
afterAll(() => rmSync(work, { recursive: true }));

function save(name: string, text: string): string {
  const folder = join(work, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "report.json"), text);
  return folder;
}

const saved = (name: string, settings: Settings, result = testResult()) =>
  readSavedReport(save(name, toJson(createReport(settings, result, testEnvironment))));

function open(...reports: readonly ReturnType<typeof readSavedReport>[]) {
  const { document } = parseHTML(comparePage(reports, ""));
  const charts: ChartData[] = JSON.parse(document.getElementById("charts")?.textContent ?? "");
  const rows = (section: string) =>
    [...document.querySelectorAll(`${section} tbody tr`)].map((row) =>
      [...row.querySelectorAll("th, td")].map(({ textContent }) => textContent?.replace(work, "").trim()),
    );
  return { charts, rows };
}

it.each([
  [
    ["runs/a", "runs/b/"],
    ["a", "b"],
  ],
  [
    ["runs/a", "a"],
    ["runs/a", "a"],
  ],
  [
    ["/x/a/1", "/x/a"],
    ["a/1", "a"],
  ],
  [
    ["/x/a", "/x/a"],
    ["a", "a"],
  ],
])("%j are told apart by %j", (folders, names) => {
  const { report, runs } = saved(`named-${folders.join("-").replaceAll("/", "-")}`, defaults);
  const { rows } = open(...folders.map((folder) => ({ folder, report, runs })));
  const named = rows("#results").map(([name]) => name?.split(",")[0]);
  expect([named[0], named[2]]).toEqual(names);
});

it("a run that explodes does not flatten the others", () => {
  const result = testResult();
  const exploding = brokenResult();
  const runs = exploding.runs.map((run) => ({
    ...run,
    curves: { ...run.curves, trainLoss: [[1, 1e20] as const, [2, Number.NaN] as const] },
  })) as unknown as typeof exploding.runs;
  const { charts } = open(
    saved("whole", defaults, result),
    saved("explodes", defaults, { ...exploding, runs }),
  );
  const losses = result.runs.flatMap(({ curves }) => curves.trainLoss.map(([, loss]) => loss));
  expect(charts[0].range).toEqual([
    expect.closeTo(Math.min(...losses), 3),
    expect.closeTo(Math.max(...losses), 3),
  ]);
});

describe("runs compared", () => {
  const { charts, rows } = open(
    saved("a", defaults),
    saved("b", { ...defaults, learningRate: 0.2 }),
    saved("c", defaults, brokenResult()),
  );

  it("are overlaid, each with a colour of its own", () => {
    expect(charts.map(({ id }) => id)).toEqual(["trainLoss", "evalTrainLoss", "testLoss", "testAccuracy"]);
    const { series } = charts[0];
    expect(series.map(({ color, stroke }) => [color, stroke])).toEqual([
      [1, "dashed"],
      [1, "solid"],
      [2, "dashed"],
      [2, "solid"],
      [3, "dashed"],
      [3, "solid"],
    ]);
    expect(series[1].points).toHaveLength(20);
    expect(series[5].points).toEqual([[1, null]]);
  });

  it("stand below each other with verdict, ends and speed; what broke down has dashes", () => {
    expect(rows("#results")[1]).toEqual([
      "a, with batch norm",
      "✓ healthy",
      "0.240",
      "0.150",
      "0.300",
      "92.0 %",
      "25",
    ]);
    const dashes = ["–", "–", "–", "–"];
    expect(rows("#results")[4].slice(0, 6)).toEqual(["c, without batch norm", "", ...dashes]);
    expect(rows("#results")[5].slice(0, 6)).toEqual(["c, with batch norm", "✗ broke down", ...dashes]);
  });

  it("say which settings differ", () => {
    expect(rows("#settings")).toEqual([["Learning rate", "0.1", "0.2", "0.1"]]);
  });
});

it("an older report.json knows no environment", () => {
  const { environment: _, ...old } = createReport(defaults, testResult(), testEnvironment);
  const older = readSavedReport(save("old", toJson(old)));
  const { rows } = open(older, saved("new", defaults));
  expect(rows("#settings")[0]).toEqual(["handgrad", "not recorded", "1.2.3"]);
});

it.each([
  ["no-json", "{", /^report --compare \S+: cannot read \S+report\.json \(.+\)$/],
  ["null", "null", /must have settings, runs with curves, and a verdict$/],
  ["gallery", '{"settings": {}, "faults": []}', /must have settings, runs with curves, and a verdict$/],
])("%s is bad input", (name, text, message) => {
  const folder = save(name, text);
  expect(() => readSavedReport(folder)).toThrow(BadInput);
  expect(() => readSavedReport(folder)).toThrow(message);
});
