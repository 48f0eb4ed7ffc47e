import { fileURLToPath } from "node:url";
import { BadInput, OutputFolder } from "terminal";
import { pageScript } from "../html-report/assets.js";
import { sweepPage } from "../html-report/sweep-page.js";
import { toJson } from "../report.js";
import { percent } from "../terminal/text.js";
import { runPool } from "./pool.js";
import { type Done, endsOfReport, groupsOf, reportOf } from "./summary.js";
import type { Cell, Sweep } from "./sweep-options.js";
import { sweepTable } from "./sweep-table.js";

const DONE = 0;
const INTERRUPTED = 130;

/** The bundled command itself, which this module is a part of. */
const program = fileURLToPath(import.meta.url);

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
  const folder = new OutputFolder(out);
  if (task === "run" && !(await train(cells, jobs, quiet))) {
    process.stderr.write("mnist-train: interrupted; the same command goes on\n");
    return INTERRUPTED;
  }
  const done = cells.flatMap((cell): Done[] => {
    const report = reportOf(cell);
    return report ? [{ cell, report }] : [];
  });
  if (done.length === 0) throw new BadInput(`sweep --collect: no job in ${folder.path} is over`);
  if (done.length < cells.length) {
    const missing = cells.filter((cell) => !done.some((other) => other.cell === cell));
    process.stderr.write(
      `mnist-train: ${missing.length} of ${cells.length} jobs are not over: ${missing[0].name}${missing.length > 1 ? ", …" : ""}\n`,
    );
  }
  const groups = groupsOf(done);
  const files = [
    folder.write("sweep.json", toJson({ groups, jobs: done.map(({ cell }) => cell.name) })),
    folder.write("sweep.html", sweepPage(groups, pageScript())),
  ];
  process.stdout.write(`${sweepTable(groups)}\n\nWritten:\n${files.map((file) => `  ${file}\n`).join("")}`);
  return DONE;
}

/** Whether it came to its end. @throws BadInput where a job failed; the others are trained all the same. */
async function train(cells: readonly Cell[], jobs: number, quiet: boolean): Promise<boolean> {
  const missing = cells.filter((cell) => reportOf(cell) === undefined);
  let over = cells.length - missing.length;
  const say = (text: string) => {
    if (!quiet) process.stderr.write(`${text}\n`);
  };
  if (over > 0) say(`${over} of ${cells.length} jobs are over already`);
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  // Once: a second SIGINT ends this process at once.
  process.once("SIGINT", interrupt);
  const failures: string[] = [];
  await runPool(missing, program, jobs, controller.signal, ({ cell, failure }) => {
    over++;
    if (failure !== undefined) failures.push(`${cell.name}: ${failure}`);
    say(`${over}/${cells.length} ${cell.name}: ${failure ?? accuracyText(cell)}`);
  });
  process.off("SIGINT", interrupt);
  if (failures.length > 0) {
    throw new BadInput(`sweep: ${failures.length} of ${cells.length} jobs failed, the first ${failures[0]}`);
  }
  return !controller.signal.aborted;
}

function accuracyText(cell: Cell): string {
  const report = reportOf(cell);
  if (!report) return "no report";
  const [without, withBatchNorm] = endsOfReport(report).map(({ testAccuracy }) => percent(testAccuracy));
  return `accuracy ${withBatchNorm}, ${without} without batch norm`;
}
