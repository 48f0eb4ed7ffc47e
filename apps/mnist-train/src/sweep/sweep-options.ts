import { availableParallelism } from "node:os";
import { Command, Option } from "commander";
import { BadInput, parseArguments, userPath } from "terminal";
import { folderArgument } from "../options/folder-argument.js";
import { parseOptions } from "../options/options.js";
import type { Settings } from "../run/settings.js";

const DEFAULT_OUT = "runs/sweep";
const MOST_SEEDS = 1000;

/** One job of the grid. */
export interface Cell {
  /** As the user wrote them. */
  readonly lr: string;
  readonly decay: string;
  readonly seed: number;
  /** Of its folder, within the sweep's. */
  readonly name: string;
  readonly folder: string;
  readonly settings: Settings;
  /** The command line of the job: run again, it goes on, or reports again where it is over. */
  readonly args: readonly string[];
}

export interface Sweep {
  readonly kind: "sweep";
  readonly cells: readonly Cell[];
  readonly out: string;
  /** Processes at a time. */
  readonly jobs: number;
  readonly quiet: boolean;
  /** Train what is not trained yet and collect, collect alone, or print the commands alone. */
  readonly task: "run" | "collect" | "print";
}

export type SweepRequest = Sweep | { readonly kind: "help"; readonly text: string };

/** What a sweep sets for each job itself, or what belongs to a single job. */
const OWN = [
  "--seed",
  "--out",
  "--save",
  "--checkpoint",
  "--resume",
  "--json",
  "--open",
  "--faults",
  "--batch-norm",
];

interface Parsed {
  lr: string[];
  decay: string[];
  seeds: number;
  data?: string;
  out: string;
  jobs: number;
  quiet?: true;
  collect?: true;
  printCommands?: true;
}

const list = (text: string): string[] => [...new Set(text.split(",").map((item) => item.trim()))];

const count = (flag: string, most: number) => (text: string) => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= most) return value;
  throw new BadInput(`${flag} must be an integer from 1 to ${most}, got "${text}"`);
};

/**
 * Reads what stands behind `sweep` on the command line.
 * @throws BadInput with one line that names the option, what was expected and what came.
 */
export function parseSweepOptions(args: readonly string[]): SweepRequest {
  const parser = new Command("mnist-train sweep")
    .description("Trains a grid of jobs in processes of their own, and shows mean and spread over the seeds.")
    .usage("[options] [options of mnist-train for every job]")
    .addOption(
      new Option("--lr <rates>", "learning rates, separated by commas")
        .argParser(list)
        .default(["0.1"], "0.1"),
    )
    .addOption(
      new Option("--decay <decays>", "decays of the running pair, separated by commas")
        .argParser(list)
        .default(["0.9"], "0.9"),
    )
    .option("--seeds <n>", "seeds 1 to n", count("--seeds", MOST_SEEDS), 3)
    .addOption(
      new Option("--out <folder>", "for sweep.html, sweep.json, and a folder for each job")
        .argParser(folderArgument("--out"))
        .default(DEFAULT_OUT, DEFAULT_OUT),
    )
    .option("--data <folder>", "IDX files for every job", folderArgument("--data"))
    .option("--jobs <n>", "processes at a time", count("--jobs", 1024), availableParallelism())
    .option("--quiet", "no progress while training")
    .addOption(
      new Option("--print-commands", "one a line, for a scheduler; trains nothing").conflicts("collect"),
    )
    .option("--collect", "gather what is there; trains nothing")
    .helpOption("-h, --help", "show this")
    .addHelpText(
      "after",
      "\nA sweep that was ended goes on when it is started again. Exit code: 0 the table is written, 2 bad input or a job failed, 130 interrupted.",
    )
    .allowUnknownOption()
    .allowExcessArguments();
  const help = parseArguments(parser, args);
  if (help !== undefined) return { kind: "help", text: help };
  const { lr, decay, seeds, data, out, jobs, quiet = false, ...task } = parser.opts<Parsed>();
  const own = parser.args.map((arg) => arg.split("=")[0]).find((arg) => OWN.includes(arg));
  if (own !== undefined) throw new BadInput(`sweep: ${own} is for a single job (sweep --help)`);
  // A command is to be the same wherever it is run.
  const shared = data === undefined ? parser.args : [...parser.args, "--data", userPath(data)];
  const folder = userPath(out);
  const cells = lr.flatMap((rate) =>
    decay.flatMap((share) =>
      Array.from({ length: seeds }, (_, i) => cell(shared, rate, share, i + 1, folder)),
    ),
  );
  const broken = task.printCommands && cells[0].args.find((arg) => /[\r\n]/.test(arg));
  if (broken) throw new BadInput(`sweep --print-commands: each is one line, got a line break in "${broken}"`);
  return {
    kind: "sweep",
    cells,
    out,
    jobs,
    quiet,
    task: task.collect ? "collect" : task.printCommands ? "print" : "run",
  };
}

function cell(shared: readonly string[], lr: string, decay: string, seed: number, out: string): Cell {
  const name = `lr-${lr}_decay-${decay}_seed-${seed}`;
  const folder = `${out}/${name}`;
  const of = ["--lr", lr, "--decay", decay, "--seed", String(seed)];
  const files = ["--out", folder, "--checkpoint", `${folder}/checkpoints`, "--resume", "--quiet"];
  const args = [...shared, ...of, ...files];
  const request = parseOptions(args);
  if (request.kind !== "train") throw new BadInput("sweep: its jobs must be trainings");
  return { lr, decay, seed, name, folder, settings: request.options.settings, args };
}
