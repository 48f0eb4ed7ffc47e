import { useThreads } from "@handgrad/tensor";
import { OutputFolder } from "terminal";
import type { Options } from "../options/options.js";
import { type Digits, digitsFor } from "../run/digits.js";
import { requireFitting } from "../run/require-fitting.js";
import { scheduleOf } from "../run/schedule.js";
import { type ProgressView, progressView } from "../terminal/progress.js";

/** What can go wrong before the training goes wrong here. */
export async function prepare({ settings, out, quiet, threads }: Options): Promise<{
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
