import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { brokenResult, testEnvironment, testFault, testResult } from "../report/test-results.js";
import { defaults, type Settings } from "../run/settings.js";
import { testRun } from "../run/test-runs.js";
import type { ChartData } from "./chart-data.js";
import { runPage } from "./run-page.js";

const textOf = (element: { textContent: string | null } | null) =>
  element?.textContent?.replace(/\s+/g, " ").trim();

function open(result = testResult(), settings: Settings = defaults) {
  const source = runPage(settings, result, testEnvironment, "draw('</script>')");
  const { document } = parseHTML(source);
  const charts: ChartData[] = JSON.parse(document.getElementById("charts")?.textContent ?? "");
  const text = (selector: string) => textOf(document.querySelector(selector));
  return { source, document, charts, text };
}

describe("a healthy run", () => {
  const { source, document, charts, text } = open();

  it("says so at the top, in words", () => {
    expect(text(".verdict .word")).toBe("✓ Healthy");
    expect(text("h1")).toBe("Batch norm behaves.");
    expect(text(".verdict p:not(.word)")).toBe("Nothing to do: every check passed.");
  });

  it("loads nothing from anywhere", () => {
    const links = [...source.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link);
    expect(links.filter((link) => !/^(#|data:)/.test(link))).toEqual([]);
    expect(source).not.toMatch(/@import|url\(|https?:(?!\/\/www\.w3\.org)/);
  });

  it("has a place for every chart, and a chart for every place", () => {
    const places = [...document.querySelectorAll("[data-chart]")].map(({ id }) => id);
    expect(charts.map(({ id }) => id)).toEqual(places);
    expect(new Set(places).size).toBe(places.length);
    expect(charts[0].series.map(({ label, stroke }) => [label, stroke])).toEqual([
      ["without batch norm, training mode", "solid"],
      ["without batch norm, eval mode, same data", "dashed"],
      ["without batch norm, eval mode, test data", "dotted"],
      ["with batch norm, training mode", "solid"],
      ["with batch norm, eval mode, same data", "dashed"],
      ["with batch norm, eval mode, test data", "dotted"],
    ]);
  });

  it("has the check with its figure, its bound and its first sentence", () => {
    expect(text(".checks li")).toBe("✓ passed train-forward 0.5 ≤ 1 It is right.");
  });

  it("has confusion, mistakes, settings, throughput and environment", () => {
    expect(text(".confusion tbody tr")).toBe("05200000000" + "71");
    expect(document.querySelector(".mistakes img")?.getAttribute("alt")).toBe(
      "Test image 7, labelled 4, taken for 9",
    );
    expect(text(".mistakes li")).toBe("4, taken for 975.0 %4: 12.5 %");
    for (const words of [
      "25 steps/s, about 3,200 samples/s",
      "20.0.0",
      "wasm",
      "A processor, 2 logical cores",
    ]) {
      expect(text("#settings")).toContain(words);
    }
  });
});

describe("a faulty run", () => {
  const failed = {
    id: "train-eval-gap",
    passed: false,
    value: 2,
    bound: 0.2,
    meaning: "Eval is worse.",
  } as const;
  const passed = testResult().verdict.checks[0];
  const { document, charts, text } = open(
    testResult({
      runs: [testRun("no-batch-norm"), testRun("stats-never-updated")],
      verdict: { healthy: false, faults: [testFault], checks: [passed, failed] },
    }),
  );

  it("shows fault, evidence and repair at the top, and where the curves show it", () => {
    expect(text(".verdict .word")).toBe("✗ Faulty");
    expect(text("h1")).toBe("Batch norm does not behave: stats-never-updated.");
    expect(text(".fault h2")).toBe("stats-never-updated in layer 1 (BatchNorm)");
    expect(text(".fault dl")).toBe(
      "EvidenceAfter a pass, popMean[0] is 0; expected: 1.5. RepairUpdate the running pair.",
    );
    expect(document.querySelector(".verdict a")?.getAttribute("href")).toBe("#losses");
    expect(charts[0].bands).toEqual([[4, 3]]);
  });

  it("has the failed check first, with what to do", () => {
    expect(text(".checks li")).toMatch(/^✗ failed train-eval-gap 2 > 0.2 Eval is worse. To do: See the gap /);
  });

  it("without a trace in the curves says so", () => {
    const gradient = { ...failed, id: "train-gradient" } as const;
    const hidden = open(testResult({ verdict: { healthy: false, faults: [], checks: [gradient] } }));
    expect(hidden.text(".verdict")).toContain("No curve below shows it");
    expect(hidden.charts[0].bands).toBeUndefined();
  });
});

it("an open check or a fragile habit is no plain green", () => {
  const open_ = { ...testResult().verdict.checks[0], passed: "inconclusive" } as const;
  const unsure = open(testResult({ verdict: { healthy: true, faults: [], checks: [open_] } }));
  expect(unsure.text(".verdict .word")).toBe("! Healthy, as far as it could be judged");
  const habit = { ...testFault, id: "variance-cancellation", grade: "fragile" } as const;
  const fragile = open(testResult({ verdict: { healthy: true, faults: [habit], checks: [] } }));
  expect(fragile.text(".verdict .word")).toBe("! Healthy, but fragile");
});

it("a run that broke down says where, and has nulls where a number is none", () => {
  const { source, charts, text } = open(brokenResult());
  expect(text(".verdict")).toContain(
    "The run with batch norm ended early, at step 1: the first value that is not finite is in the output of layer 0 (Dense).",
  );
  expect(text(".verdict")).toContain("lower --lr");
  expect(text("#confusion")).toContain("no matrix, since the run broke down");
  expect(text("#mistakes")).toContain("None to show");
  expect(charts[0].series[3].points).toEqual([[1, null]]);
  expect(source).not.toMatch(/NaN|undefined|Infinity/);
});

it("nothing that a user names ends an element", () => {
  const name = `</script><script>alert("1")</script>`;
  const settings = { ...defaults, batchNorm: name, data: name };
  const { source, charts, document } = open(
    testResult({ runs: [testRun("no-batch-norm"), testRun(name)] }),
    settings,
  );
  expect(source).not.toContain(`<script>alert`);
  expect(document.querySelectorAll("script")).toHaveLength(2);
  expect(charts[0].series[3].label).toBe(`${name}, training mode`);
  expect(source).toContain("draw('<\\/script>')");
});

it("images that are not square have no picture", () => {
  const result = testResult();
  const [mistake] = result.insights[1].answers?.mistakes ?? [];
  Object.assign(mistake, { pixels: new Float32Array(30) });
  expect(open(result).text(".mistakes li")).toContain("Image 7");
});
