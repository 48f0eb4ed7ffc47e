#!/usr/bin/env node
import { rmSync } from "node:fs";
import { OutputFolder, runCommand } from "terminal";
import { benchmark } from "./benchmark.js";
import { chartPage } from "./chart.js";
import { killAll } from "./contender-process.js";
import { createDataFiles } from "./data.js";
import { findContenders } from "./find-contenders.js";
import { parseOptions } from "./options.js";
import { progressLine } from "./progress-line.js";
import { toJson } from "./report.js";
import { resultText } from "./result-text.js";
import { BATCHES, LARGEST_BATCH } from "./workloads/training.js";

const INTERRUPTED = 130;
/** Eight batches of 128, the largest that a quick run has. */
const QUICK_ROWS = 1024;

await runCommand("benchmarks", async (args) => {
  const request = parseOptions(args);
  if (request.kind === "help") {
    process.stdout.write(request.text);
    return 0;
  }
  const { options } = request;
  const folder = new OutputFolder(options.out);
  const start = performance.now();
  const progress = progressLine();
  const found = await findContenders(options, (line) => process.stderr.write(`${line}\n`));
  const data = createDataFiles(options.quick ? QUICK_ROWS : BATCHES * LARGEST_BATCH);
  process.once("exit", () => {
    killAll();
    progress.clear();
    rmSync(data.folder, { recursive: true, force: true });
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(INTERRUPTED));

  const results = await benchmark(found, data, options, progress.show);
  progress.clear();
  const seconds = (performance.now() - start) / 1000;
  const paths = [
    folder.write("benchmarks.json", toJson(results, options, seconds)),
    folder.write("benchmarks.html", chartPage(results)),
  ];
  process.stdout.write(`${resultText(results, options, seconds)}\n\nWritten:\n  ${paths.join("\n  ")}\n`);
  return 0;
});
