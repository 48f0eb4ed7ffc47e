#!/usr/bin/env node

import { join } from "node:path";
import { engine, useThreads } from "@handgrad/tensor";
import type { FaultId } from "bn-faults";
import { candidateOf } from "laboratory";
import { BadInput, colorsFor, OutputFolder, runCommand, textWidth, withGuest, wrap } from "terminal";
import { isCommand, runSavedModel } from "./commands/commands.js";
import { evaluateSaved } from "./commands/evaluate-saved.js";
import { requireWritable, saveModel } from "./commands/saved-model.js";
import { type CompareRequest, parseCompareOptions } from "./compare-options.js";
import { curvesSvg } from "./curves-svg.js";
import { type Digits, digitsFor } from "./digits.js";
import { type Environment, environment } from "./environment.js";
import { experiment, Interrupted } from "./experiment.js";
import { isAsExpected, trainGallery } from "./gallery.js";
import { pageScript } from "./html-report/assets.js";
import { comparePage } from "./html-report/compare-page.js";
import { interruptedPage } from "./html-report/interrupted-page.js";
import { runPage } from "./html-report/run-page.js";
import { loadBatchNorm } from "./load-batch-norm.js";
import { MetricsFile } from "./metrics-file.js";
import { openInBrowser } from "./open-in-browser.js";
import { type Options, parseOptions } from "./options.js";
import { type PaperOptions, parsePaperOptions } from "./paper/options.js";
import { paperFigure } from "./paper/paper-figure.js";
import { paperPage } from "./paper/paper-page.js";
import { paperProgressView } from "./paper/progress.js";
import { paperText } from "./paper/text.js";
import { createReport, interruptedReport, toJson } from "./report.js";
import { requireFitting } from "./require-fitting.js";
import { SavedJob } from "./saved-job.js";
import { readSavedReport } from "./saved-report.js";
import { scheduleOf } from "./schedule.js";
import type { Settings } from "./settings.js";
import { sweep } from "./sweep/sweep.js";
import { parseSweepOptions } from "./sweep/sweep-options.js";
import { lossCharts } from "./terminal/chart.js";
import { galleryMarkdown, galleryText } from "./terminal/gallery.js";
import { type ProgressView, progressView } from "./terminal/progress.js";
import { resultTable } from "./terminal/table.js";
import { verdictText } from "./terminal/verdict.js";
import type { Keeping } from "./train-run.js";
import { unusualSettings } from "./unusual-settings.js";

const HEALTHY = 0;
const UNHEALTHY = 1;
const INTERRUPTED = 130;

async function train(options: Options): Promise<number> {
  const { settings, json, open, save } = options;
  const { batchNorm } = settings;
  if (save !== null) requireWritable("--save", save);
  const controller = new AbortController();
  const run = async () => {
    const candidate = batchNorm === null ? candidateOf(settings) : await loadBatchNorm(batchNorm, settings);
    const { digits, folder, progress } = await prepare(options);
    const keep = keepingOf(options, digits, controller.signal);
    const metrics = new MetricsFile(folder);
    // Once: a second SIGINT finds no listener, and ends the process at once.
    process.once("SIGINT", () => {
      progress.stop();
      controller.abort();
    });
    const result = await experiment(
      digits,
      settings,
      (step) => progress.show(step),
      candidate,
      (i) => ({
        ...keep(i),
        onPoints: metrics.add,
      }),
    )
      .catch((error) => {
        if (error instanceof Interrupted) return error;
        throw error;
      })
      .finally(() => {
        progress.stop();
        metrics.close();
      });
    return { result, folder, metrics };
  };
  const { result, folder, metrics } = await (batchNorm === null
    ? run()
    : withGuest("mnist-train", `--batch-norm ${batchNorm}`, run));

  const ranOn = environment();
  if (result instanceof Interrupted) return writeInterrupted(options, result, folder, ranOn);
  const report = createReport(settings, result, ranOn);
  const files = {
    "curves.svg": curvesSvg(result.runs),
    "report.html": runPage(settings, result, ranOn, pageScript()),
    "report.json": toJson(report),
  };
  const saved = save === null ? "" : `\n  ${saveModel(save, result.network, settings)}`;
  const written = writeAll(folder, files, [metrics.path]) + saved;
  if (json) process.stdout.write(files["report.json"]);
  else {
    const { columns, colors } = terminal();
    print(
      ...settingsText(settings, columns),
      lossCharts(result.runs, columns, colors),
      resultTable(result.runs, settings.epochs),
      verdictText(result.verdict, columns, colors),
      written,
    );
  }
  if (open) await show(join(folder.path, "report.html"));
  return result.verdict.healthy ? HEALTHY : UNHEALTHY;
}

/** How each of the two runs is kept: with checkpoints where they are asked for. */
function keepingOf(
  { settings, checkpoints }: Options,
  { train }: Digits,
  signal: AbortSignal,
): (run: 0 | 1) => Keeping {
  if (checkpoints === null) return () => ({ signal });
  const { stepsPerEpoch } = scheduleOf(train.labels.data.length, settings);
  const job = new SavedJob(checkpoints, settings, stepsPerEpoch, (line) =>
    process.stderr.write(`mnist-train: ${line}\n`),
  );
  return (run) => ({ signal, ...job.keeping(run) });
}

/** The report so far. */
function writeInterrupted(
  { settings, checkpoints }: Options,
  { runs }: Interrupted,
  folder: OutputFolder,
  ranOn: Environment,
): number {
  const report = interruptedReport(settings, runs, ranOn);
  writeAll(folder, {
    "curves.svg": curvesSvg(runs),
    "report.html": interruptedPage(settings, runs, ranOn, pageScript()),
    "report.json": toJson(report),
  });
  const { run, step } = report.interrupted;
  const next = checkpoints === null ? "" : `; --resume goes on from ${checkpoints.folder}`;
  process.stderr.write(
    `mnist-train: interrupted at step ${step} of ${run}, the report so far is in ${folder.path}${next}\n`,
  );
  return INTERRUPTED;
}

/** Overlays runs that were written before. */
async function compare({
  folders,
  out,
  open,
}: Extract<CompareRequest, { kind: "compare" }>): Promise<number> {
  const saved = folders.map(readSavedReport);
  const path = new OutputFolder(out).write("compare.html", comparePage(saved, pageScript()));
  process.stdout.write(`Written:\n  ${path}\n`);
  if (open) await show(path);
  return HEALTHY;
}

/** The paper's own experiment, which is drawn and not judged. */
async function paper({ settings, out, json, quiet, open }: PaperOptions): Promise<number> {
  const progress = paperProgressView(quiet);
  stopOnInterrupt(progress);
  const digits = await digitsFor(settings);
  const folder = new OutputFolder(out);
  const figure = await paperFigure(digits, settings, (step) => progress.show(step)).finally(() =>
    progress.stop(),
  );
  const ranOn = environment();
  const files = {
    "paper.html": paperPage(settings, figure, ranOn, pageScript()),
    "paper.json": toJson({ settings, environment: ranOn, ...figure }),
  };
  const written = writeAll(folder, files);
  if (json) process.stdout.write(files["paper.json"]);
  else print(paperText(figure, settings), written);
  if (open) await show(join(folder.path, "paper.html"));
  return HEALTHY;
}

async function gallery(options: Options, ids: readonly FaultId[]): Promise<number> {
  const { settings, json } = options;
  const { digits, folder, progress } = await prepare(options);
  stopOnInterrupt(progress);
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
    print(...settingsText(settings, columns), galleryText(result, columns, colors), written);
  }
  return isAsExpected(result) ? HEALTHY : UNHEALTHY;
}

/** What can go wrong before the training goes wrong here. */
async function prepare({ settings, out, quiet, threads }: Options): Promise<{
  readonly digits: Digits;
  readonly folder: OutputFolder;
  readonly progress: ProgressView;
}> {
  if (threads !== null) useThreads(threads);
  const digits = await digitsFor(settings);
  requireFitting(digits, settings);
  const folder = new OutputFolder(out);
  if (scheduleOf(digits.train.labels.data.length, settings).dropLast && !quiet) {
    process.stderr.write("The last batch of an epoch has one row, which has no variance: it is left out.\n");
  }
  return { digits, folder, progress: progressView(quiet) };
}

/** Nothing is written before all is done, so nothing is left half-written. */
function stopOnInterrupt(progress: Pick<ProgressView, "stop">): void {
  process.once("SIGINT", () => {
    progress.stop();
    process.exit(INTERRUPTED);
  });
}

/** Writes the files and says where they are. */
function writeAll(
  folder: OutputFolder,
  files: Readonly<Record<string, string>>,
  before: readonly string[] = [],
): string {
  const paths = [...before, ...Object.entries(files).map(([name, text]) => folder.write(name, text))];
  return `Written:\n${paths.map((path) => `  ${path}`).join("\n")}`;
}

/** In the system's browser; where that fails, says where the file is. */
async function show(path: string): Promise<void> {
  if (await openInBrowser(path)) return;
  process.stderr.write(`mnist-train: no browser could be opened, the report is ${path}\n`);
}

function settingsText(settings: Settings, columns: number): string[] {
  const unusual = unusualSettings(settings);
  return unusual === "" ? [] : [wrap(`With ${unusual}`, textWidth({ columns }), "")];
}

const terminal = () => ({ columns: process.stdout.columns || 80, colors: colorsFor(process.stdout) });

function print(...sections: readonly string[]): void {
  process.stdout.write(`\n${sections.join("\n\n")}\n`);
}

/** @throws BadInput where the environment asks for an engine that does not exist, or that this runtime cannot run. */
function requireEngine(): void {
  try {
    engine();
  } catch (error) {
    throw new BadInput((error as Error).message);
  }
}

function requestOf([subcommand, ...rest]: readonly string[]) {
  if (subcommand === "report") return parseCompareOptions(rest);
  if (subcommand === "paper") return parsePaperOptions(rest);
  return parseOptions(subcommand === undefined ? [] : [subcommand, ...rest]);
}

await runCommand("mnist-train", async (args) => {
  if (args[0] === "sweep") {
    const request = parseSweepOptions(args.slice(1));
    if (request.kind === "sweep") return sweep(request);
    process.stdout.write(request.text);
    return HEALTHY;
  }
  if (isCommand(args)) {
    requireEngine();
    process.stdout.write(runSavedModel(args));
    return HEALTHY;
  }
  const request = requestOf(args);
  if (request.kind === "compare") return compare(request);
  requireEngine();
  if (request.kind === "paper") return paper(request.options);
  if (request.kind === "train") return train(request.options);
  if (request.kind === "gallery") return gallery(request.options, request.faults);
  process.stdout.write(
    request.kind === "evaluate" ? await evaluateSaved(request.file, request.settings) : request.text,
  );
  return HEALTHY;
});
// A module that was trained with may have left timers running: once all is printed, the program ends.
process.stdout.write("", () => setImmediate(() => process.exit()));
