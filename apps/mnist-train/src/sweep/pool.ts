import { type ChildProcess, spawn } from "node:child_process";
import type { Cell } from "./sweep-options.js";

export interface Ended {
  readonly cell: Cell;
  /** What the job said last, where it failed. */
  readonly failure?: string;
}

/** A verdict, whichever it is, is no failure. */
const VERDICTS: readonly (number | null)[] = [0, 1];

/**
 * Runs `program` for each cell in a process of its own with one thread, `jobs` at a time. `signal` has those at work end
 * after their step, with a checkpoint, and starts no more.
 */
export async function runPool(
  cells: readonly Cell[],
  program: string,
  jobs: number,
  signal: AbortSignal,
  onEnd: (ended: Ended) => void,
): Promise<void> {
  const waiting = [...cells];
  const atWork = new Set<ChildProcess>();
  signal.addEventListener("abort", () => {
    for (const child of atWork) child.kill("SIGINT");
  });
  const worker = async () => {
    for (let cell = waiting.shift(); cell && !signal.aborted; cell = waiting.shift()) {
      const child = spawn(process.execPath, [program, ...cell.args], {
        stdio: ["ignore", "ignore", "pipe"],
        env: { ...process.env, HANDGRAD_THREADS: "1" },
        // A group of its own: ^C on the terminal reaches this process alone, which hands on one SIGINT.
        detached: true,
      });
      atWork.add(child);
      const failure = await failureOf(child);
      atWork.delete(child);
      if (!signal.aborted) onEnd(failure === undefined ? { cell } : { cell, failure });
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, cells.length) }, worker));
}

function failureOf(child: ChildProcess): Promise<string | undefined> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => {
      const last = said.trimEnd().split("\n").at(-1);
      resolve(VERDICTS.includes(code) ? undefined : last || `ended by ${signal ?? `exit code ${code}`}`);
    });
  });
}
