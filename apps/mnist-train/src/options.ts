import { type FaultGrade, type FaultId, faults } from "bn-faults";
import { Command, Option } from "commander";
import { BadInput, closest, parseArguments } from "terminal";
import { CLASSES, PIXELS } from "./digits.js";
import { plantableFaults, whyNotTrained } from "./planted-batch-norm.js";
import { defaults, type Settings } from "./settings.js";

export interface Options {
  readonly settings: Settings;
  /** Folder for the files, as the user wrote it. */
  readonly out: string;
  /** Print report.json or faults.json, and nothing else, on standard output. */
  readonly json: boolean;
  readonly quiet: boolean;
}

/** What is to be done: train, train the gallery of faults, or print the text that was asked for. */
export type Request =
  | { readonly kind: "train"; readonly options: Options }
  | { readonly kind: "gallery"; readonly options: Options; readonly faults: readonly FaultId[] }
  | { readonly kind: "help"; readonly text: string };

const DEFAULT_OUT = "runs/mnist-train";
const WIDEST = 8192;
/** With gradients and copies this many fill two gigabytes. */
const MOST_WEIGHTS = 100_000_000;

/** Decimal notation alone: Number() would also take "", "0x10" and "Infinity". */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const numberFrom = (text: string): number => (DECIMAL.test(text) ? Number(text) : Number.NaN);

const refuse = (flag: string, expected: string, got: string): BadInput =>
  new BadInput(`${flag} must be ${expected}, got "${got}"`);

const number = (flag: string, expected: string, fits: (value: number) => boolean) => (text: string) => {
  const value = numberFrom(text);
  if (!fits(value)) throw refuse(flag, expected, text);
  return value;
};

const integer = (flag: string, least: number, most = Number.MAX_SAFE_INTEGER, why = "") =>
  number(
    flag,
    `an integer ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}${why}`,
    (value) => Number.isInteger(value) && value >= least && value <= most,
  );

const positive = (flag: string) =>
  number(flag, "a positive number", (value) => value > 0 && value < Number.POSITIVE_INFINITY);

/** Whose root and its inverse float32 can hold. */
const epsilon = number(
  "--epsilon",
  "a number from 1e-30 to 1e30",
  (value) => value >= 1e-30 && value <= 1e30,
);

function decay(text: string): Settings["decay"] {
  if (text === "cumulative") return text;
  return number("--decay", 'a number in [0, 1) or "cumulative"', (value) => value >= 0 && value < 1)(text);
}

function widths(text: string): number[] {
  const hidden = text.split(",").map(numberFrom);
  if (!hidden.every((width) => Number.isInteger(width) && width >= 1 && width <= WIDEST)) {
    throw refuse("--hidden", `widths from 1 to ${WIDEST}, separated by commas`, text);
  }
  const weights = countWeights(hidden);
  if (weights > MOST_WEIGHTS) {
    throw new BadInput(`--hidden must give at most ${MOST_WEIGHTS} weights, got ${weights}`);
  }
  return hidden;
}

/** Those of the dense layers, biases included. */
function countWeights(hidden: readonly number[]): number {
  const outputs = [...hidden, CLASSES];
  return outputs.reduce((sum, width, i) => sum + ((hidden[i - 1] ?? PIXELS) + 1) * width, 0);
}

function varianceCorrection(text: string): Settings["varianceCorrection"] {
  if (text === "biased" || text === "unbiased") return text;
  throw refuse("--variance-correction", "biased or unbiased", text);
}

function fault(flag: string, text: string): FaultId {
  const planted = plantableFaults.find((id) => id === text);
  if (planted) return planted;
  const why = Object.hasOwn(faults, text) ? whyNotTrained(text as FaultId) : undefined;
  if (why) {
    throw new BadInput(
      `${flag} must be a fault that training meets, got "${text}": ${why} (bn-doctor's own tests cover this fault)`,
    );
  }
  const similar = closest(text, plantableFaults);
  if (similar)
    throw new BadInput(`${flag} must be a planted fault, got "${text}" (did you mean ${similar}?)`);
  throw refuse(flag, "one of the faults that --help lists", text);
}

/** Each once, in the order given. */
function faultList(text: string): FaultId[] {
  if (text === "all") return plantableFaults;
  return [...new Set(text.split(",").map((id) => fault("--faults", id.trim())))];
}

function file(text: string): string {
  if (text === "") throw refuse("--batch-norm", "the path of a JavaScript module", text);
  return text;
}

function folder(text: string): string {
  if (text === "") throw refuse("--out", "the path of a folder", text);
  return text;
}

const GRADES: Readonly<Record<FaultGrade, string>> = {
  wrong: "Faults that are never healthy (grade wrong)",
  convention: "Faults against the declared decay or variance correction (grade convention)",
  fragile: "Faults that harm on some inputs alone and are reported (grade fragile)",
};

/** Text behind the options: every fault with what it does, by its grade, and what the exit code says. */
function afterHelp(parser: Command): string {
  const helper = parser.createHelp();
  const width = Math.max(...plantableFaults.map(({ length }) => length));
  const groups = Object.entries(GRADES).map(([grade, title]) => {
    const rows = plantableFaults
      .filter((id) => faults[id].grade === grade)
      .map((id) => helper.formatItem(id, width, faults[id].summary, helper));
    return `${title}:\n${rows.join("\n")}`;
  });
  return `\n${groups.join("\n\n")}\n\nExit code: 0 batch norm behaves, 1 it does not, 2 bad input.\nWith --faults: 0 every fault was named and the correct one behaves, else 1.`;
}

function command(): Command {
  const parser = new Command("mnist-train");
  return parser
    .description(
      "Trains an MLP on 10,000 MNIST digits, without and with batch norm, from the same weights on the same batches, and judges whether batch norm behaves.",
    )
    .option("--epochs <n>", "passes over the training data", integer("--epochs", 1), defaults.epochs)
    .option(
      "--batch-size <n>",
      "rows of a batch",
      integer("--batch-size", 2, undefined, ", since one row has no variance"),
      defaults.batchSize,
    )
    .option("--lr <rate>", "learning rate of SGD", positive("--lr"), defaults.learningRate)
    .addOption(
      new Option("--hidden <widths>", "widths of the hidden layers")
        .argParser(widths)
        .default(defaults.hidden, defaults.hidden.join(",")),
    )
    .option("--decay <d>", 'pop = d·pop + (1 − d)·batch, or "cumulative"', decay, defaults.decay)
    .addOption(
      new Option("--epsilon <e>", "added to the variance under the root")
        .argParser(epsilon)
        .default(defaults.epsilon, "1e-5"),
    )
    .addOption(
      new Option("--variance-correction <kind>", "biased or unbiased running variance")
        .argParser(varianceCorrection)
        .default(defaults.varianceCorrection, defaults.varianceCorrection),
    )
    .option("--seed <n>", "of split, weights and batches", integer("--seed", 0, 2 ** 32 - 1), defaults.seed)
    .option("--fault <id>", "train with one of the faults below", (text) => fault("--fault", text))
    .addOption(
      new Option("--faults <ids>", 'train one after the other and compare: "all", or ids between commas')
        .argParser(faultList)
        .conflicts(["fault", "batchNorm"]),
    )
    .addOption(
      new Option("--batch-norm <file>", "train with your own implementation, a JavaScript module")
        .argParser(file)
        .conflicts("fault"),
    )
    .addOption(
      new Option("--out <folder>", "for report.json, curves.svg, metrics.jsonl; or faults.json, faults.md")
        .argParser(folder)
        .default(DEFAULT_OUT, DEFAULT_OUT),
    )
    .option("--json", "print report.json alone on standard output, or faults.json")
    .option("--quiet", "no progress while training")
    .helpOption("-h, --help", "show this")
    .addHelpText("after", () => afterHelp(parser))
    .allowExcessArguments();
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
  faults?: FaultId[];
  batchNorm?: string;
  out: string;
  json?: true;
  quiet?: true;
}

/**
 * Reads the command line (without node and script).
 * @throws BadInput with one line that names the option, what was expected and what came.
 */
export function parseOptions(args: readonly string[]): Request {
  const parser = command();
  const help = parseArguments(parser, args);
  if (help !== undefined) return { kind: "help", text: help };
  const [stray] = parser.args;
  if (stray !== undefined) throw new BadInput(`expected options alone, got "${stray}" (--help lists them)`);
  const {
    lr,
    out,
    json = false,
    quiet = false,
    fault = null,
    batchNorm = null,
    faults: ids,
    ...rest
  } = parser.opts<Parsed>();
  const options = { settings: { ...rest, learningRate: lr, fault, batchNorm }, out, json, quiet };
  return ids === undefined ? { kind: "train", options } : { kind: "gallery", options, faults: ids };
}
