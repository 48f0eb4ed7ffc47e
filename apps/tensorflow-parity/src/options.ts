import { Command, CommanderError, Option } from "commander";
import { BadInput } from "./bad-input.js";
import { rowCounts } from "./experiment.js";

/** What is to be printed. */
export type Request =
  | { readonly kind: "comparison"; readonly json: boolean }
  | { readonly kind: "stages"; readonly rows: number; readonly json: boolean }
  | { readonly kind: "help"; readonly text: string };

const command = () =>
  new Command("tensorflow-parity")
    .description(
      "Gradients of one neuron's batch norm side by side: the staged code as asked\nand repaired, TensorFlow (recorded), TensorFlow.js (live), this project; in\ntraining and in testing, in float64 and in float32.",
    )
    .option("--json", "print everything as JSON", false)
    .addOption(
      new Option("--stages <rows>", "print the staged derivation of one batch instead").choices(
        rowCounts.map(String),
      ),
    )
    .helpOption("-h, --help", "show this")
    .addHelpText("after", "\nExit code: 0 all is as it must be, 1 it is not, 2 bad input.")
    .allowExcessArguments()
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });

/**
 * Reads the command line (without node and script).
 * @throws BadInput with one line that names the option, what was expected and what came.
 */
export function parseOptions(args: readonly string[]): Request {
  const parser = command();
  try {
    // pnpm hands on the "--" of `pnpm start -- --json`, which npm's users write by habit.
    parser.parse(args[0] === "--" ? args.slice(1) : args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return { kind: "help", text: helpText() };
    throw new BadInput(oneLine(error.message));
  }
  const [stray] = parser.args;
  if (stray !== undefined) throw new BadInput(`expected options alone, got '${stray}' (--help lists them)`);
  const { json, stages } = parser.opts<{ json: boolean; stages?: string }>();
  return stages === undefined ? { kind: "comparison", json } : { kind: "stages", rows: Number(stages), json };
}

function helpText(): string {
  let text = "";
  command()
    .configureOutput({ writeOut: (part) => (text += part) })
    .outputHelp();
  return text;
}

/** Commander's message as one line: the option, what it must be, what came. */
const oneLine = (message: string): string =>
  message
    .replace(/^error: /, "")
    .replace(/\s*\n\s*/g, " ")
    .replace(/ argument '(.*?)' is invalid\. Allowed choices are (.*)\.$/, " must be one of $2, got '$1'")
    .trim();
