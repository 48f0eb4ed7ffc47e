#!/usr/bin/env node
import type { FaultId } from "bn-faults";
import { BadInput } from "./bad-input.js";
import { candidateOf } from "./candidate.js";
import { curvesSvg } from "./curves-svg.js";
import { type Digits, loadDigits } from "./digits.js";
import { experiment } from "./experiment.js";
import { isAsExpected, trainGallery } from "./gallery.js";
import { loadBatchNorm } from "./load-batch-norm.js";
import { type Options, parseOptions } from "./options.js";
import { OutputFolder } from "./output-folder.js";
import { createReport, toJson, toMetricsLines } from "./report.js";
import { scheduleOf } from "./schedule.js";
import { lossCharts } from "./terminal/chart.js";
import { colorsFor } from "./terminal/colors.js";
import { galleryMarkdown, galleryText } from "./terminal/gallery.js";
import { type ProgressView, progressView } from "./terminal/progress.js";
import { resultTable } from "./terminal/table.js";
import { verdictText } from "./terminal/verdict.js";

const HEALTHY = 0;
const UNHEALTHY = 1;
const BAD_INPUT = 2;
/** The program itself failed: never to be taken for a verdict. */
const FAILED = 70;
const INTERRUPTED = 130;

async function train(options: Options): Promise<number> {
  const { settings, json } = options;
  const candidate =
    settings.batchNorm === null ? candidateOf(settings) : await loadBatchNorm(settings.batchNorm, settings);
  const { digits, folder, progress } = prepare(options);
  const result = await experiment(digits, settings, (step) => progress.show(step), candidate).finally(() =>
    progress.stop(),
  );

  const report = createReport(settings, result);
  const files = {
    "metrics.jsonl": toMetricsLines(report),
    "curves.svg": curvesSvg(result.runs),
    "report.json": toJson(report),
  };
  const written = writeAll(folder, files);
  if (json) process.stdout.write(files["report.json"]);
  else {
    const { columns, colors } = terminal();
    print(
      lossCharts(result.runs, columns, colors),
      resultTable(result.runs, settings.epochs),
      verdictText(result.verdict, columns, colors),
      written,
    );
  }
  return result.verdict.healthy ? HEALTHY : UNHEALTHY;
}

async function gallery(options: Options, ids: readonly FaultId[]): Promise<number> {
  const { settings, json } = options;
  const { digits, folder, progress } = prepare(options);
  const result = await trainGallery(ids, digits, settings, (step, run, runs) =>
    progress.show(step, `${run}/${runs} `),
  ).finally(() => progress.stop());

  const files = {
    "faults.json": toJson({ settings, ...result }),
    "faults.md": galleryMarkdown(result, settings),
  };
  const written = writeAll(folder, files);
  if (json) process.stdout.write(files["faults.json"]);
  else {
    const { columns, colors } = terminal();
    print(galleryText(result, columns, colors), written);
  }
  return isAsExpected(result) ? HEALTHY : UNHEALTHY;
}

/** What can go wrong before the training goes wrong here. */
function prepare({ settings, out, quiet }: Options): {
  readonly digits: Digits;
  readonly folder: OutputFolder;
  readonly progress: ProgressView;
} {
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
  return { digits, folder, progress };
}

/** Writes the files and says where they are. */
function writeAll(folder: OutputFolder, files: Readonly<Record<string, string>>): string {
  const paths = Object.entries(files).map(([name, text]) => folder.write(name, text));
  return `Written:\n${paths.map((path) => `  ${path}`).join("\n")}`;
}

const terminal = () => ({ columns: process.stdout.columns || 80, colors: colorsFor(process.stdout) });

function print(...sections: readonly string[]): void {
  process.stdout.write(`\n${sections.join("\n\n")}\n`);
}

/** Whether an exit code of 0 or 1 would be ours. */
let ended = false;
let userCode = false;

/** A user's module may end the program, or throw where nobody waits for it: neither may look like a verdict. */
function watchUserCode(file: string): void {
  userCode = true;
  process.on("exit", (code) => {
    if (ended || (code !== HEALTHY && code !== UNHEALTHY)) return;
    process.stderr.write(`mnist-train: --batch-norm ${file}: it ended the program\n`);
    process.exitCode = BAD_INPUT;
  });
  process.on("uncaughtException", (error) => {
    process.stderr.write(new BadInput(`mnist-train: --batch-norm ${file}: it threw: ${error}`).message);
    process.stderr.write("\n");
    process.exit(BAD_INPUT);
  });
}
async function main(): Promise<number> {
  try {
    const request = parseOptions(process.argv.slice(2));
    if (request.kind === "help") {
      process.stdout.write(request.text);
      return HEALTHY;
    }
    const { options } = request;
    if (options.settings.batchNorm !== null) watchUserCode(options.settings.batchNorm);
    return await (request.kind === "train" ? train(options) : gallery(options, request.faults));
  } catch (error) {
    const known = error instanceof BadInput;
    process.stderr.write(`mnist-train: ${known ? error.message : (error as Error).stack}\n`);
    return known ? BAD_INPUT : FAILED;
  } finally {
    ended = true;
  }
}

// Who stops reading, as `mnist-train | head -1` does, wants no more text: files and exit code are still to come.
process.stderr.on("error", () => {});
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") return;
  process.stderr.write(`mnist-train: cannot write to standard output (${code})\n`);
  process.exit(BAD_INPUT);
});
const code = await main();
process.exitCode = code;
// What a user's module left running must not keep the program from ending; all that was printed goes out first.
if (userCode) process.stdout.write("", () => process.exit(code));
