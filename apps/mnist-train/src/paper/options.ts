import { Command, Option } from "commander";
import { BadInput, parseArguments } from "terminal";
import { folderArgument } from "../options/folder-argument.js";
import { integer, positive } from "../options/options.js";
import { BATCH_SIZE, type PaperSettings, paperDefaults } from "./settings.js";

const DEFAULT_OUT = "runs/paper";

export interface PaperOptions {
  readonly settings: PaperSettings;
  /** Folder for the files, as the user wrote it. */
  readonly out: string;
  /** Print paper.json, and nothing else, on standard output. */
  readonly json: boolean;
  readonly quiet: boolean;
  /** Show paper.html in the browser. */
  readonly open: boolean;
}

/** The figure is to be drawn, or the text that was asked for is to be printed. */
export type PaperRequest =
  | { readonly kind: "paper"; readonly options: PaperOptions }
  | { readonly kind: "help"; readonly text: string };

interface Parsed {
  data?: string;
  steps: number;
  lr: number;
  weightScale: number;
  gridSteps: number;
  seed: number;
  out: string;
  json?: true;
  quiet?: true;
  open?: true;
}

/**
 * Reads what stands behind `paper` on the command line.
 * @throws BadInput with one line that names the option, what was expected and what came.
 */
export function parsePaperOptions(args: readonly string[]): PaperRequest {
  const { steps, learningRate, weightScale, gridSteps, seed } = paperDefaults;
  const parser = new Command("mnist-train paper")
    .description(
      `Repeats figure 1 of Ioffe & Szegedy 2015: three hidden layers of 100 sigmoid units on binary digits, batches of ${BATCH_SIZE}, without and with batch norm.`,
    )
    .optionsGroup("What the paper states:")
    .option("--steps <n>", "of training; the paper's are 50000", integer("--steps", 1), steps)
    .addOption(
      new Option(
        "--data <folder>",
        "with the four IDX files of MNIST, as in the paper (default: the packaged 10,000 digits)",
      ).argParser(folderArgument("--data")),
    )
    .optionsGroup("What it does not:")
    .option("--lr <rate>", "learning rate of both networks", positive("--lr"), learningRate)
    .option(
      "--weight-scale <deviation>",
      "standard deviation of the first weights",
      positive("--weight-scale"),
      weightScale,
    )
    .option(
      "--grid-steps <n>",
      "of each short run with another learning rate and weight scale; 0 leaves them out",
      integer("--grid-steps", 0),
      gridSteps,
    )
    .option("--seed <n>", "of split, weights and batches", integer("--seed", 0, 2 ** 32 - 1), seed)
    .optionsGroup("Output:")
    .addOption(
      new Option("--out <folder>", "for paper.html and paper.json")
        .argParser(folderArgument("--out"))
        .default(DEFAULT_OUT, DEFAULT_OUT),
    )
    .option("--json", "print paper.json alone on standard output")
    .option("--open", "show paper.html in the browser")
    .option("--quiet", "no progress while training")
    .helpOption("-h, --help", "show this")
    .allowExcessArguments();
  const help = parseArguments(parser, args);
  if (help !== undefined) return { kind: "help", text: help };
  const [stray] = parser.args;
  if (stray !== undefined) {
    throw new BadInput(`expected options alone, got "${stray}" (paper --help lists them)`);
  }
  const { out, json = false, quiet = false, open = false, data = null, lr, ...rest } = parser.opts<Parsed>();
  return {
    kind: "paper",
    options: { settings: { ...rest, data, learningRate: lr }, out, json, quiet, open },
  };
}
