import { fileURLToPath } from "node:url";
import { BadInput, OutputFolder, userPath } from "terminal";
import { pageScript } from "../html-report/assets.js";
import { sweepPage } from "../html-report/sweep-page.js";
import { toJson } from "../report/report.js";
import { INTERRUPTED } from "../system/exit-codes.js";
import { onInterrupt } from "../system/on-interrupt.js";
import { percent } from "../terminal/text.js";
import { runPool } from "./pool.js";
import { type Done, endsOfReport, groupsOf, reportOf } from "./summary.js";
import type { Cell, Sweep } from "./sweep-options.js";
import { sweepTable } from "./sweep-table.js";

const DONE = 0;

/** The bundled command itself, beside the file that this module is bundled into. */
const program = fileURLToPath(new URL("cli.js", import.meta.url));

/** For a POSIX shell. */
const quoted = (text: string): string =>
  /^[\w./:=,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A whole command line of one job, for any scheduler. */
const commandOf = ({ args }: Cell): string =>
  ["HANDGRAD_THREADS=1", "node", ...[program, ...args].map(quoted)].join(" ");

/** Trains the cells that are not trained yet, and collects; or one of both, or prints the commands. */
export async function sweep({ cells, out, jobs, quiet, task }: Sweep): Promise<number> {
  if (task === "print") {
    process.stdout.write(cells.map((cell) => `${commandOf(cell)}\n`).join(""));
    return DONE;
  }
  if (task === "collect" && doneOf(cells).length === 0) {
    throw new BadInput(`sweep --collect: no job in ${userPath(out)} is over`);
  }
  const folder = new OutputFolder(out);
  const failures = task === "run" ? await train(cells, jobs, quiet) : [];
  if (failures === undefined) {
    process.stderr.write("mnist-train: interrupted; the same command goes on\n");
    return INTERRUPTED;
  }
  const done = doneOf(cells);
  if (done.length > 0) write(done, folder);
  if (failures.length > 0) {
    throw new BadInput(`sweep: ${failures.length} of ${cells.length} jobs failed, the first ${failures[0]}`);
  }
  if (done.length < cells.length) {
    const missing = cells.filter((cell) => !done.some((other) => other.cell === cell));
    process.stderr.write(
      `mnist-train: ${missing.length} of ${cells.length} jobs are not over: ${missing[0].name}${missing.length > 1 ? ", …" : ""}\n`,
    );
  }
  return DONE;
}

const doneOf = (cells: readonly Cell[]): Done[] =>
  cells.flatMap((cell) => {
    const report = reportOf(cell);
    return report ? [{ cell, report }] : [];
  });

function write(done: readonly Done[], folder: OutputFolder): void {
  const groups = groupsOf(done);
  const files = [
    folder.write("sweep.json", toJson({ groups, jobs: done.map(({ cell }) => cell.name) })),
    folder.write("sweep.html", sweepPage(groups, pageScript())),
  ];
  process.stdout.write(`${sweepTable(groups)}\n\nWritten:\n${files.map((file) => `  ${file}\n`).join("")}`);
}

/** A line for each job that failed, in spite of which the others are trained; undefined where it was interrupted. */
async function train(
  cells: readonly Cell[],
  jobs: number,
  quiet: boolean,
): Promise<readonly string[] | undefined> {
  const missing = cells.filter((cell) => reportOf(cell) === undefined);
  let over = cells.length - missing.length;
  const say = (text: string) => {
    if (!quiet) process.stderr.write(`${text}\n`);
  };
  if (over > 0) say(`${over} of ${cells.length} jobs are over already`);
  const controller = new AbortController();
  const off = onInterrupt(() => controller.abort());
  const failures: string[] = [];
  await runPool(missing, program, jobs, controller.signal, ({ cell, failure, warnings }) => {
    over++;
    for (const line of warnings) process.stderr.write(`${line}\n`);
    if (failure !== undefined) failures.push(`${cell.name}: ${failure}`);
    say(`${over}/${cells.length} ${cell.name}: ${failure ?? accuracyText(cell)}`);
  });
  off();
  return controller.signal.aborted ? undefined : failures;
}

function accuracyText(cell: Cell): string {
  const report = reportOf(cell);
  if (!report) return "no report";
  const [without, withBatchNorm] = endsOfReport(report).map(({ testAccuracy }) => percent(testAccuracy));
  return `accuracy ${withBatchNorm}, ${without} without batch norm`;
}
