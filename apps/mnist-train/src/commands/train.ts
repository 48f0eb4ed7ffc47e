import { join } from "node:path";
import { candidateOf } from "laboratory";
import { type OutputFolder, withGuest } from "terminal";
import { pageScript } from "../html-report/assets.js";
import { interruptedPage } from "../html-report/interrupted-page.js";
import { runPage } from "../html-report/run-page.js";
import type { Options } from "../options/options.js";
import { curvesSvg } from "../report/curves-svg.js";
import { type Environment, environment } from "../report/environment.js";
import { MetricsFile } from "../report/metrics-file.js";
import { createReport, interruptedReport, toJson } from "../report/report.js";
import type { Digits } from "../run/digits.js";
import { experiment, Interrupted } from "../run/experiment.js";
import { loadBatchNorm } from "../run/load-batch-norm.js";
import { SavedJob } from "../run/saved-job.js";
import { scheduleOf } from "../run/schedule.js";
import type { Keeping } from "../run/train-run.js";
import { HEALTHY, INTERRUPTED, UNHEALTHY } from "../system/exit-codes.js";
import { onInterrupt } from "../system/on-interrupt.js";
import { lossCharts } from "../terminal/chart.js";
import { resultTable } from "../terminal/table.js";
import { verdictText } from "../terminal/verdict.js";
import { print, settingsText, show, terminal, writeAll } from "./output.js";
import { prepare } from "./prepare.js";
import { requireWritable, saveModel } from "./saved-model.js";

/** Trains without and with batch norm, judges, and writes the report. */
export async function train(options: Options): Promise<number> {
  const { settings, json, open, save } = options;
  const { batchNorm } = settings;
  if (save !== null) requireWritable("--save", save);
  const controller = new AbortController();
  const run = async () => {
    const candidate = batchNorm === null ? candidateOf(settings) : await loadBatchNorm(batchNorm, settings);
    const { digits, folder, progress } = await prepare(options);
    const keep = keepingOf(options, digits, controller.signal);
    const metrics = new MetricsFile(folder);
    onInterrupt(() => {
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
  digits: Digits,
  signal: AbortSignal,
): (run: 0 | 1) => Keeping {
  if (checkpoints === null) return () => ({ signal });
  const { stepsPerEpoch } = scheduleOf(digits.train.labels.data.length, settings);
  const job = new SavedJob(checkpoints, settings, digits, stepsPerEpoch, (line) =>
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
