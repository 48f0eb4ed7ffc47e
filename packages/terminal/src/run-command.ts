import { BadInput } from "./bad-input.js";

const BAD_INPUT = 2;
/** The program itself failed: never to be taken for a verdict. */
const FAILED = 70;

/**
 * Runs a command and sets the exit code: what `main` returns, 2 for a {@link BadInput}, which is said on one line of
 * standard error, and 70 where the program itself failed.
 */
export async function runCommand(
  name: string,
  main: (args: readonly string[]) => number | Promise<number>,
): Promise<void> {
  // Who stops reading, as `name | head -1` does, wants no more text: files and exit code are still to come.
  process.stderr.on("error", () => {});
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") return;
    process.stderr.write(`${name}: cannot write to standard output (${code})\n`);
    process.exit(BAD_INPUT);
  });
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    const known = error instanceof BadInput;
    process.stderr.write(`${name}: ${known ? error.message : (error as Error).stack}\n`);
    process.exitCode = known ? BAD_INPUT : FAILED;
  }
}
