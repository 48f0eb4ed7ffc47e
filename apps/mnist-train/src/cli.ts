#!/usr/bin/env node
import { loadMnist, stratifiedSplit } from "@handgrad/datasets";
import { BadInput } from "./bad-input.js";
import { curvesSvg } from "./curves-svg.js";
import { experiment } from "./experiment.js";
import { type Options, parseOptions } from "./options.js";
import { OutputFolder } from "./output-folder.js";
import { createReport, toJson, toMetricsLines } from "./report.js";
import { lossCharts } from "./terminal/chart.js";
import { colorsFor } from "./terminal/colors.js";
import { progressView } from "./terminal/progress.js";
import { resultTable } from "./terminal/table.js";
import { verdictText } from "./terminal/verdict.js";
import { dropsLastRow } from "./train-run.js";

const HEALTHY = 0;
const UNHEALTHY = 1;
const BAD_INPUT = 2;
const INTERRUPTED = 130;

/** Digits that are kept for testing. */
const TEST_ROWS = 2000;

async function train({ settings, out, json, quiet }: Options): Promise<number> {
  const folder = new OutputFolder(out);
  const digits = stratifiedSplit(loadMnist(), { test: TEST_ROWS, seed: settings.seed });
  const rows = digits.train.labels.data.length;
  if (settings.batchSize > rows) {
    throw new BadInput(
      `option '--batch-size <n>' must be at most ${rows}, the rows to train on, got ${settings.batchSize}`,
    );
  }
  if (dropsLastRow(rows, settings.batchSize) && !quiet) {
    process.stderr.write("The last batch of an epoch has one row, which has no variance: it is left out.\n");
  }

  const progress = progressView(quiet);
  process.once("SIGINT", () => {
    progress.stop();
    process.exit(INTERRUPTED);
  });
  const result = await experiment(digits, settings, (step) => progress.show(step)).finally(() =>
    progress.stop(),
  );

  const report = createReport(settings, result);
  const paths = [
    folder.write("metrics.jsonl", toMetricsLines(report)),
    folder.write("curves.svg", curvesSvg(result.runs)),
    folder.write("report.json", toJson(report)),
  ];
  if (json) process.stdout.write(toJson(report));
  else {
    const colors = colorsFor(process.stdout);
    const columns = process.stdout.columns ?? 80;
    const sections = [
      lossCharts(result.runs, columns, colors.isColorSupported),
      resultTable(result.runs, settings.epochs),
      verdictText(result.verdict, columns, colors),
      `Written:\n${paths.map((path) => `  ${path}`).join("\n")}`,
    ];
    process.stdout.write(`\n${sections.join("\n\n")}\n`);
  }
  return result.verdict.healthy ? HEALTHY : UNHEALTHY;
}

async function main(): Promise<number> {
  try {
    const request = parseOptions(process.argv.slice(2));
    if (request.kind === "train") return await train(request.options);
    process.stdout.write(request.text);
    return HEALTHY;
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    process.stderr.write(`mnist-train: ${error.message}\n`);
    return BAD_INPUT;
  }
}

process.exitCode = await main();
