import { Command, Option } from "commander";
import { BadInput, parseArguments } from "terminal";
import { folderArgument } from "./folder-argument.js";

const DEFAULT_OUT = "runs/compare";

/** Runs are to be compared, or the text that was asked for is to be printed. */
export type CompareRequest =
  | {
      readonly kind: "compare";
      /** At least two, as the user wrote them. */
      readonly folders: readonly string[];
      readonly out: string;
      readonly open: boolean;
    }
  | { readonly kind: "help"; readonly text: string };

interface Parsed {
  compare?: string[];
  out: string;
  open?: true;
}

/**
 * Reads what stands behind `report` on the command line.
 * @throws BadInput with one line that names the option, what was expected and what came.
 */
export function parseCompareOptions(args: readonly string[]): CompareRequest {
  const parser = new Command("mnist-train report")
    .description("Overlays the curves of runs in one page, compare.html.")
    .option("--compare <folders...>", "folders of two or more runs, each with its report.json")
    .addOption(
      new Option("--out <folder>", "for compare.html")
        .argParser(folderArgument("--out"))
        .default(DEFAULT_OUT, DEFAULT_OUT),
    )
    .option("--open", "show it in the browser")
    .helpOption("-h, --help", "show this")
    .allowExcessArguments();
  const help = parseArguments(parser, args);
  if (help !== undefined) return { kind: "help", text: help };
  const { compare = [], out, open = false } = parser.opts<Parsed>();
  const folders = [...compare, ...parser.args];
  if (folders.length < 2) {
    throw new BadInput(`report --compare must be the folders of two or more runs, got ${folders.length}`);
  }
  return { kind: "compare", folders, out, open };
}
