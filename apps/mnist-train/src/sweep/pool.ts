import { type ChildProcess, spawn } from "node:child_process";
import type { Cell } from "./sweep-options.js";

export interface Ended {
  readonly cell: Cell;
  /** What the job said, where it failed. */
  readonly failure?: string;
  /** What it said where it did not, line by line. */
  readonly warnings: readonly string[];
}

/** A verdict, whichever it is, is no failure. */
const VERDICTS: readonly (number | null)[] = [0, 1];

/**
 * Runs `program` for each cell in a process of its own with one thread, `jobs` at a time. `signal` has those at work end
 * after their step, with a checkpoint, and starts no more. They end at once where this process ends.
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
        // By the channel a job learns that this process is gone, however it ended.
        stdio: ["ignore", "ignore", "pipe", "ipc"],
        env: { ...process.env, HANDGRAD_THREADS: "1" },
        // A group of its own: ^C on the terminal reaches this process alone, which hands on one SIGINT.
        detached: true,
      });
      atWork.add(child);
      const outcome = await outcomeOf(child);
      atWork.delete(child);
      if (!signal.aborted) onEnd({ cell, ...outcome });
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs, cells.length) }, worker));
}

function outcomeOf(child: ChildProcess): Promise<Omit<Ended, "cell">> {
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve({ failure: error.message, warnings: [] }));
    child.once("close", (code, signal) => {
      const lines = said.split("\n").filter((line) => line !== "");
      if (VERDICTS.includes(code)) return resolve({ warnings: lines });
      // Behind a message of its own there is only a stack.
      const own = lines.filter((line) => line.startsWith("mnist-train: ")).at(-1);
      const failure = own ?? lines.at(-1) ?? `ended by ${signal ?? `exit code ${code}`}`;
      resolve({ failure, warnings: [] });
    });
  });
}
