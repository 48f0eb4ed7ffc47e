import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pc from "picocolors";
import { describe, expect, it } from "vitest";
import { programs } from "./programs.js";
import { readRecorded } from "./recorded.js";
import { createReport } from "./report.js";
import { stagesOf } from "./stages.js";
import { reportText } from "./terminal/report.js";
import { stagesText } from "./terminal/stages.js";

const docs = fileURLToPath(new URL("../../../docs/", import.meta.url));
const pages = ["batch-norm-gradients.md", "batch-norm-gradients.ru.md"] as const;
const pictures = ["batch-norm-graph.svg", "batch-norm-graph.ru.svg"] as const;
const read = (file: string) => readFileSync(docs + file, "utf8");

const recorded = readRecorded();
const plain = pc.createColors(false);
const { input } = recorded.find(4, "train", "float64");
const stages = stagesOf(input);
/** What the app prints where it is not a terminal. */
const printed = [
  reportText(createReport(recorded, programs(recorded)), 80, plain),
  stagesText(input, stages, plain),
];

const excerptsOf = (page: string) =>
  [...read(page).matchAll(/^```text\n([\s\S]*?)^```$/gm)].map(([, text]) => text);

describe.each(pages)("%s", (page) => {
  it.each(excerptsOf(page).map((excerpt) => [excerpt.split("\n")[0].trim(), excerpt]))(
    "quotes what the app prints: %s",
    (_, excerpt) => {
      const whole = printed.find((text) => text.includes(excerpt.split("\n")[0])) ?? printed[0];
      expect(whole).toContain(excerpt);
    },
  );

  it("has no figure in code type that the app does not print", () => {
    const figures = [...read(page).matchAll(/`([−-]?\d+(?:\.\d+)?(?:e[−-]?\d+)?)`/g)].map(
      ([, figure]) => figure,
    );
    expect(figures.length).toBeGreaterThan(1);
    expect(figures.filter((figure) => !printed.some((text) => text.includes(figure)))).toEqual([]);
  });
});

it("the pages quote the same in the same order", () => {
  const [english, russian] = pages.map(excerptsOf);
  expect(english).toHaveLength(7);
  expect(russian).toEqual(english);
});

describe.each(pictures)("%s", (picture) => {
  it("is what the script draws", () => {
    const folder = mkdtempSync(join(tmpdir(), "batch-norm-graph-"));
    try {
      execFileSync(process.execPath, [`${docs}batch-norm-graph.mjs`, folder]);
      expect(readFileSync(join(folder, picture), "utf8")).toBe(read(picture));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it.each(stages.map(({ formula }) => formula))("shows the stage %s", (formula) => {
    expect(read(picture)).toContain(`>${formula}<`);
  });
});
