import { initializers } from "@handgrad/layers";
import { type FaultGrade, type FaultId, faults } from "bn-faults";
import { Command, Option } from "commander";
import {
  type ActivationName,
  activations,
  type OptimizerName,
  optimizers,
  plantableFaults,
  whyNotTrained,
} from "laboratory";
import { BadInput, closest, parseArguments } from "terminal";
import { type ScheduleName, schedules } from "../run/learning-rates.js";
import { defaults, type Settings } from "../run/settings.js";
import { folderArgument } from "./folder-argument.js";

export interface Options {
  readonly settings: Settings;
  /** Folder for the files, as the user wrote it. */
  readonly out: string;
  /** Print report.json or faults.json, and nothing else, on standard output. */
  readonly json: boolean;
  readonly quiet: boolean;
  /** That share the work, which changes no bit; null for all cores. */
  readonly threads: number | null;
  /** Show report.html in the browser. */
  readonly open: boolean;
  /** File for the trained model, as the user wrote it; null saves none. */
  readonly save: string | null;
  readonly checkpoints: CheckpointOptions | null;
}

export interface CheckpointOptions {
  /** As the user wrote it. */
  readonly folder: string;
  /** Steps between two of them; null for an epoch's. */
  readonly every: number | null;
  /** Go on from the last one, if there is one. */
  readonly resume: boolean;
}

/** What is to be done: train, train the gallery of faults, look at a saved model, or print the text that was asked for. */
export type Request =
  | { readonly kind: "train"; readonly options: Options }
  | { readonly kind: "gallery"; readonly options: Options; readonly faults: readonly FaultId[] }
  | { readonly kind: "evaluate"; readonly file: string; readonly settings: Settings }
  | { readonly kind: "help"; readonly text: string };

const DEFAULT_OUT = "runs/mnist-train";
const WIDEST = 8192;

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

export const integer = (flag: string, least: number, most = Number.MAX_SAFE_INTEGER, why = "") =>
  number(
    flag,
    `an integer ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}${why}`,
    (value) => Number.isInteger(value) && value >= least && value <= most,
  );

export const positive = (flag: string) =>
  number(flag, "a positive number", (value) => value > 0 && value < Number.POSITIVE_INFINITY);

const notNegative = (flag: string) =>
  number(flag, "0 or a positive number", (value) => value >= 0 && value < Number.POSITIVE_INFINITY);

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
  return hidden;
}

const oneOf =
  <const Name extends string>(flag: string, names: readonly Name[]) =>
  (text: string): Name => {
    const found = names.find((name) => name === text);
    if (found === undefined) throw refuse(flag, `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`, text);
    return found;
  };

const namesOf = <Name extends string>(choices: Readonly<Record<Name, unknown>>) =>
  Object.keys(choices) as Name[];

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

const modelFile = (flag: string) => (text: string) => {
  if (text === "") throw refuse(flag, "the path of a file", text);
  return text;
};

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
  const others = [
    "Runs in one page: mnist-train report --compare <folders...>",
    "Figure 1 of the batch norm paper: mnist-train paper",
    "A grid of runs, and their spread: mnist-train sweep",
    "A saved network: mnist-train export, mnist-train predict",
  ];
  const help = `Also, each with options of its own:\n${others.map((line) => `  ${line}`).join("\n")}`;
  const codes =
    "Exit code: 0 batch norm behaves, 1 it does not, 2 bad input, 130 interrupted.\nWith --faults: 0 every fault was named and the correct one behaves, else 1.";
  return `\n${[...groups, help, codes].join("\n\n")}`;
}

/** "0.1 for sgd, 0.01 for momentum, nesterov, adagrad, …" */
function learningRateDefaults(): string {
  const names = namesOf(optimizers);
  const rates = [...new Set(names.map((name) => optimizers[name].learningRate))];
  return rates
    .map((rate) => `${names.filter((name) => optimizers[name].learningRate === rate).join(", ")} ${rate}`)
    .join("; ");
}

/** An option that is one of some names. */
function choice<const Name extends string>(
  flag: string,
  what: string,
  description: string,
  names: readonly Name[],
  setting: keyof Settings,
  notes?: Readonly<Partial<Record<NoInfer<Name>, string>>>,
): Option {
  const noted = names.map((name) => (notes?.[name] === undefined ? name : `${name} (${notes[name]})`));
  return new Option(`${flag} <${what}>`, `${description}: ${noted.join(", ")}`)
    .argParser(oneOf(flag, names))
    .default(defaults[setting], String(defaults[setting]));
}

function command(): Command {
  const parser = new Command("mnist-train");
  return parser
    .description(
      "Trains an MLP on 10,000 MNIST digits, without and with batch norm, from the same weights on the same batches, and judges whether batch norm behaves.",
    )
    .optionsGroup("Data and network:")
    .addOption(
      new Option(
        "--data <folder>",
        "with the four IDX files of MNIST, Fashion-MNIST or the like, plain or gzipped",
      ).argParser(folderArgument("--data")),
    )
    .addOption(
      new Option("--hidden <widths>", "widths of the hidden layers")
        .argParser(widths)
        .default(defaults.hidden, defaults.hidden.join(",")),
    )
    .addOption(choice("--activation", "name", "after each hidden layer", namesOf(activations), "activation"))
    .addOption(choice("--init", "name", "of the first weights", namesOf(initializers), "init"))
    .option("--seed <n>", "of split, weights and batches", integer("--seed", 0, 2 ** 32 - 1), defaults.seed)
    .optionsGroup("Training:")
    .option("--epochs <n>", "passes over the training data", integer("--epochs", 1), defaults.epochs)
    .option(
      "--batch-size <n>",
      "rows of a batch",
      integer("--batch-size", 2, undefined, ", since one row has no variance"),
      defaults.batchSize,
    )
    .addOption(choice("--optimizer", "name", "of the weights", namesOf(optimizers), "optimizer"))
    .option("--lr <rate>", `learning rate (default: ${learningRateDefaults()})`, positive("--lr"))
    .addOption(
      choice("--schedule", "name", "of the learning rate", namesOf(schedules), "schedule", {
        step: "÷ 10 at each third of the run",
        exponential: "to 1 %",
        cosine: "up for 5 %, then to 0",
        "one-cycle": "up for 30 %, then to 0",
        plateau: "÷ 10 after 2 epochs without gain",
      }),
    )
    .option(
      "--weight-decay <w>",
      `of weights alone, not of biases, γ and β (default: ${defaults.weightDecay}; adamw ${optimizers.adamw.weightDecay})`,
      notNegative("--weight-decay"),
    )
    .optionsGroup("Batch norm:")
    .option("--decay <d>", 'pop = d·pop + (1 − d)·batch, or "cumulative"', decay, defaults.decay)
    .addOption(
      new Option("--epsilon <e>", "added to the variance under the root")
        .argParser(epsilon)
        .default(defaults.epsilon, "1e-5"),
    )
    .addOption(
      choice(
        "--variance-correction",
        "kind",
        "of the running variance",
        ["biased", "unbiased"],
        "varianceCorrection",
      ),
    )
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
    .optionsGroup("Output:")
    .addOption(
      new Option(
        "--out <folder>",
        "for report.html, report.json, curves.svg, metrics.jsonl; or faults.json, faults.md",
      )
        .argParser(folderArgument("--out"))
        .default(DEFAULT_OUT, DEFAULT_OUT),
    )
    .addOption(
      new Option(
        "--save <file>",
        "for the network with batch norm: weights, running pairs, settings (safetensors)",
      )
        .argParser(modelFile("--save"))
        .conflicts(["fault", "faults", "batchNorm"]),
    )
    .addOption(
      new Option(
        "--load <file>",
        "look at a saved network instead of training: loss and accuracy on the digits",
      )
        .argParser(modelFile("--load"))
        .conflicts(["save", "fault", "faults", "batchNorm", "json"]),
    )
    .option("--json", "print report.json alone on standard output, or faults.json")
    .addOption(new Option("--open", "show report.html in the browser").conflicts("faults"))
    .option("--quiet", "no progress while training")
    .option(
      "--threads <n>",
      "that share the work; no bit depends on it (default: all cores)",
      integer("--threads", 1),
    )
    .addOption(
      new Option("--checkpoint <folder>", "keep the job there, whatever ends it (with --resume it goes on)")
        .argParser(folderArgument("--checkpoint"))
        .conflicts(["faults", "batchNorm"]),
    )
    .option(
      "--checkpoint-every <n>",
      "steps between checkpoints (default: an epoch's)",
      integer("--checkpoint-every", 1),
    )
    .option("--resume", "go on from the last checkpoint; where there is none, begin")
    .helpOption("-h, --help", "show this")
    .addHelpText("after", () => afterHelp(parser))
    .allowExcessArguments();
}

interface Parsed {
  data?: string;
  hidden: number[];
  activation: ActivationName;
  init: Settings["init"];
  seed: number;
  epochs: number;
  batchSize: number;
  optimizer: OptimizerName;
  lr?: number;
  schedule: ScheduleName;
  weightDecay?: number;
  decay: Settings["decay"];
  epsilon: number;
  varianceCorrection: Settings["varianceCorrection"];
  fault?: FaultId;
  faults?: FaultId[];
  batchNorm?: string;
  out: string;
  save?: string;
  load?: string;
  json?: true;
  quiet?: true;
  threads?: number;
  open?: true;
  checkpoint?: string;
  checkpointEvery?: number;
  resume?: true;
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
    out,
    json = false,
    quiet = false,
    threads = null,
    open = false,
    data = null,
    fault = null,
    batchNorm = null,
    save = null,
    load,
    faults: ids,
    lr: learningRate,
    weightDecay,
    checkpoint,
    checkpointEvery: every = null,
    resume = false,
    ...rest
  } = parser.opts<Parsed>();
  const ofOptimizer = optimizers[rest.optimizer];
  const settings: Settings = {
    ...rest,
    data,
    learningRate: learningRate ?? ofOptimizer.learningRate,
    weightDecay: weightDecay ?? ofOptimizer.weightDecay,
    fault,
    batchNorm,
  };
  if (load !== undefined) return { kind: "evaluate", file: load, settings };
  if (checkpoint === undefined && (resume || every !== null)) {
    throw new BadInput(`${resume ? "--resume" : "--checkpoint-every"} needs --checkpoint and its folder`);
  }
  const checkpoints = checkpoint === undefined ? null : { folder: checkpoint, every, resume };
  const options = { settings, out, json, quiet, open, save, threads, checkpoints };
  return ids === undefined ? { kind: "train", options } : { kind: "gallery", options, faults: ids };
}
