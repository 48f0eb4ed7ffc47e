import { type Command, CommanderError } from "commander";
import { BadInput } from "./bad-input.js";

/**
 * Has `parser` read the arguments (without node and script); its options and operands are then set. Where help was
 * asked for, returns the text of it.
 * @throws BadInput with one line that names the option, what was expected and what came.
 */
export function parseArguments(parser: Command, args: readonly string[]): string | undefined {
  let help = "";
  const listen = (command: Command): void => {
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        help += text;
      },
      writeErr: () => {},
    });
    command.commands.forEach(listen);
  };
  listen(parser);
  try {
    // pnpm hands on the "--" of `pnpm start -- --json`, which npm's users write by habit.
    parser.parse(args[0] === "--" ? args.slice(1) : args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (help !== "") return help;
    throw new BadInput(oneLine(error.message));
  }
  return undefined;
}

/** Commander's message as one line: the option, what it must be, what came. */
const oneLine = (message: string): string =>
  message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .replace(/ argument '(.*?)' is invalid\. Allowed choices are (.*)\.$/, " must be one of $2, got '$1'");
