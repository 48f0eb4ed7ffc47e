#!/usr/bin/env node
import { BadInput, colorsFor, runCommand } from "terminal";
import { curvesSvg } from "./curves-svg.js";
import { loadDigits } from "./digits.js";
import { experiment } from "./experiment.js";
import { type Options, parseOptions } from "./options.js";
import { OutputFolder } from "./output-folder.js";
import { createReport, toJson, toMetricsLines } from "./report.js";
import { scheduleOf } from "./schedule.js";
import { lossCharts } from "./terminal/chart.js";
import { progressView } from "./terminal/progress.js";
import { resultTable } from "./terminal/table.js";
import { verdictText } from "./terminal/verdict.js";

const HEALTHY = 0;
const UNHEALTHY = 1;
const INTERRUPTED = 130;

async function train({ settings, out, json, quiet }: Options): Promise<number> {
  const digits = loadDigits(settings.seed);
  const rows = digits.train.labels.data.length;
  if (settings.batchSize > rows) {
    throw new BadInput(
      `--batch-size must be at most ${rows}, the digits to train on, got "${settings.batchSize}"`,
    );
  }
  const folder = new OutputFolder(out);
  if (scheduleOf(rows, settings).dropLast && !quiet) {
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
  const files = {
    "metrics.jsonl": toMetricsLines(report),
    "curves.svg": curvesSvg(result.runs),
    "report.json": toJson(report),
  };
  const paths = Object.entries(files).map(([name, text]) => folder.write(name, text));
  if (json) process.stdout.write(files["report.json"]);
  else {
    const colors = colorsFor(process.stdout);
    const columns = process.stdout.columns || 80;
    const sections = [
      lossCharts(result.runs, columns, colors),
      resultTable(result.runs, settings.epochs),
      verdictText(result.verdict, columns, colors),
      `Written:\n${paths.map((path) => `  ${path}`).join("\n")}`,
    ];
    process.stdout.write(`\n${sections.join("\n\n")}\n`);
  }
  return result.verdict.healthy ? HEALTHY : UNHEALTHY;
}

await runCommand("mnist-train", (args) => {
  const request = parseOptions(args);
  if (request.kind === "train") return train(request.options);
  process.stdout.write(request.text);
  return HEALTHY;
});
