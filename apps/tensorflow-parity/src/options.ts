import { Command, Option } from "commander";
import { BadInput, parseArguments } from "terminal";
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
    .allowExcessArguments();

/**
 * Reads the command line (without node and script).
 * @throws BadInput with one line that names the option, what was expected and what came.
 */
export function parseOptions(args: readonly string[]): Request {
  const parser = command();
  const help = parseArguments(parser, args);
  if (help !== undefined) return { kind: "help", text: help };
  const [stray] = parser.args;
  if (stray !== undefined) throw new BadInput(`expected options alone, got '${stray}' (--help lists them)`);
  const { json, stages } = parser.opts<{ json: boolean; stages?: string }>();
  return stages === undefined ? { kind: "comparison", json } : { kind: "stages", rows: Number(stages), json };
}
