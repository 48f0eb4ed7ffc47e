import { type FaultId, faults } from "bn-faults";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { BadInput } from "./bad-input.js";
import { defaults, type Settings } from "./settings.js";

export interface Options {
  readonly settings: Settings;
  /** Folder for report.json, curves.svg and metrics.jsonl, as the user wrote it. */
  readonly out: string;
  /** Print report.json, and nothing else, on standard output. */
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What is to be done: train, or print the text that was asked for. */
export type Request =
  | { readonly kind: "train"; readonly options: Options }
  | { readonly kind: "help"; readonly text: string };

function number(text: string, expected: string, fits: (value: number) => boolean): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!fits(value)) throw new InvalidArgumentError(`must be ${expected}`);
  return value;
}

const integer = (least: number) => (text: string) =>
  number(text, `an integer of at least ${least}`, (value) => Number.isSafeInteger(value) && value >= least);

const positive = (text: string) =>
  number(text, "a positive number", (value) => value > 0 && value < Number.POSITIVE_INFINITY);

const decay = (text: string) =>
  text === "cumulative"
    ? text
    : number(text, 'a number in [0, 1), or "cumulative"', (value) => value >= 0 && value < 1);

const widths = (text: string) =>
  text
    .split(",")
    .map((width) =>
      number(
        width,
        "widths from 1 to 65536, separated by commas",
        (value) => Number.isSafeInteger(value) && value >= 1 && value <= 65_536,
      ),
    );

/** Text behind `--help`: every fault with what it does. */
function listOfFaults(): string {
  const width = Math.max(...Object.keys(faults).map((id) => id.length));
  const rows = Object.values(faults).map(({ id, summary }) => `  ${id.padEnd(width)}  ${summary}`);
  return `\nFaults:\n${rows.join("\n")}\n\nExit code: 0 batch norm behaves, 1 it does not, 2 bad input.`;
}

function command(): Command {
  return new Command("mnist-train")
    .description(
      "Trains an MLP on 10,000 MNIST digits, without and with batch norm, from the same weights on the same batches,\nand judges whether batch norm behaves.",
    )
    .option("--epochs <n>", "passes over the training data", integer(1), defaults.epochs)
    .option("--batch-size <n>", "rows of a batch", integer(2), defaults.batchSize)
    .option("--lr <rate>", "learning rate of SGD", positive, defaults.learningRate)
    .addOption(
      new Option("--hidden <widths>", "widths of the hidden layers")
        .argParser(widths)
        .default(defaults.hidden, defaults.hidden.join(",")),
    )
    .option("--decay <d>", 'pop = d·pop + (1 − d)·batch, or "cumulative"', decay, defaults.decay)
    .option("--epsilon <e>", "added to the variance under the root", positive, defaults.epsilon)
    .addOption(
      new Option("--variance-correction <kind>", "of the running variance: ÷N or ÷(N − 1)")
        .choices(["biased", "unbiased"])
        .default(defaults.varianceCorrection),
    )
    .option("--seed <n>", "of split, weights and batches", integer(0), defaults.seed)
    .addOption(
      new Option("--fault <name>", "train with a planted fault, see below").choices(Object.keys(faults)),
    )
    .option("--out <folder>", "where report.json, curves.svg and metrics.jsonl go", "runs/mnist-train")
    .option("--json", "print report.json alone on standard output", false)
    .option("--quiet", "no progress while training", false)
    .helpOption("--help", "show this")
    .addHelpText("after", listOfFaults())
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeOut: () => {}, writeErr: () => {} });
}

interface Parsed {
  epochs: number;
  batchSize: number;
  lr: number;
  hidden: number[];
  decay: Settings["decay"];
  epsilon: number;
  varianceCorrection: Settings["varianceCorrection"];
  seed: number;
  fault?: FaultId;
  out: string;
  json: boolean;
  quiet: boolean;
}

/**
 * Reads the command line (without node and script).
 * @throws BadInput with one line that names the option, what was expected and what came.
 */
export function parseOptions(args: readonly string[]): Request {
  const parser = command();
  try {
    parser.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return { kind: "help", text: helpText() };
    throw new BadInput(oneLine(error.message));
  }
  const { lr, out, json, quiet, fault = null, ...rest } = parser.opts<Parsed>();
  return { kind: "train", options: { settings: { ...rest, learningRate: lr, fault }, out, json, quiet } };
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
    .replace(/ argument '(.*?)' is invalid\. must be (.*)$/, " must be $2, got '$1'")
    .replace(/ argument '(.*?)' is invalid\. Allowed choices are (.*)\.$/, " must be one of $2, got '$1'")
    .trim();
