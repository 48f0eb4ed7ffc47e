import { BadInput } from "./bad-input.js";

const BAD_INPUT = 2;

/**
 * Runs somebody else's code in the command `name`; `what` says whose: "./my-batch-norm.js". What it prints goes to standard error; ending the process, never ending, or failing behind
 * our back is bad input, never a verdict.
 */
export async function withGuest<Result>(
  name: string,
  what: string,
  run: () => Promise<Result>,
): Promise<Result> {
  const write = process.stdout.write;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  const refuse = (did: string): void => {
    process.stderr.write(`${name}: ${new BadInput(`${what} ${did}`).message}\n`);
    process.exitCode = BAD_INPUT;
  };
  const ended = () => refuse("ended the process, or waits for what never comes");
  const failed = (error: unknown) => {
    process.off("exit", ended);
    refuse(`failed: ${error}`);
    process.exit();
  };
  process.once("exit", ended);
  process.on("uncaughtException", failed);
  try {
    return await run();
  } finally {
    process.stdout.write = write;
    process.off("exit", ended);
  }
}
