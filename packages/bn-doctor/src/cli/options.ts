import { Command } from "commander";
import { BadInput, closest, parseArguments } from "terminal";
import { catalogue, type FaultId } from "../catalogue.js";

/** What is to be done, or the help that was asked for. */
export type Request =
  | { readonly kind: "check"; readonly file: string; readonly strict: boolean; readonly json: boolean }
  | { readonly kind: "explain"; readonly file: string; readonly json: boolean }
  | { readonly kind: "faults"; readonly id: FaultId | undefined; readonly json: boolean }
  | { readonly kind: "help"; readonly text: string };

const EXIT_CODES = "\nExit code: 0 healthy, 1 a fault found, 2 bad input.";
const EXPLAIN_EXIT_CODES =
  "\nExit code: 0 healthy, 1 a fault found, 2 bad input, 3 the numbers cannot decide.";
const DECLARED = '\nAn export "declared" says what it promises: { epsilon, decay, runningVariance }.';

function command(choose: (request: Request) => void): Command {
  const parser = new Command("bn-doctor")
    .description("Judges a batch norm and names what is wrong with it.")
    .helpOption("-h, --help", "show this")
    .helpCommand("help [command]", "show what a command takes")
    .addHelpText("after", EXIT_CODES);
  parser
    .command("check")
    .description("Examines the batch norm that a JavaScript module exports.")
    .argument("<file>", 'module whose default export, or export "implementation", is the batch norm')
    .option("--strict", "count fragile faults, too")
    .option("--json", "print the diagnosis alone, as JSON")
    .addHelpText("after", DECLARED + EXIT_CODES)
    .action((file: string, { strict = false, json = false }) =>
      choose({ kind: "check", file, strict, json }),
    );
  parser
    .command("explain")
    .description("Finds the formulas, and the fault, behind recorded numbers.")
    .argument("<file>", "JSON or .npz with x, gamma, dy and what the pass gave")
    .option("--json", "print the explanation alone, as JSON")
    .addHelpText("after", EXPLAIN_EXIT_CODES)
    .action((file: string, { json = false }) => choose({ kind: "explain", file, json }));
  parser
    .command("faults")
    .description("Lists every fault that can be named, or tells about one.")
    .argument("[id]", "id of a fault")
    .option("--json", "print JSON")
    .action((id: string | undefined, { json = false }) =>
      choose({ kind: "faults", id: id === undefined ? undefined : faultNamed(id), json }),
    );
  for (const sub of parser.commands) sub.helpOption("-h, --help", "show this");
  return parser
    .allowExcessArguments()
    .allowUnknownOption()
    .action(() => refuseCommand(parser));
}

/** Where commander runs no command's action. */
function refuseCommand({ args, commands }: Command): never {
  const names = commands.map((sub) => sub.name());
  const [text] = args;
  if (text === undefined) throw new BadInput(`expected a command: ${names.join(", ")} (--help tells more)`);
  const similar = closest(text, names);
  const hint = similar === undefined ? `there are ${names.join(", ")}` : `did you mean ${similar}?`;
  throw new BadInput(`no command is called "${text}" (${hint})`);
}

function faultNamed(text: string): FaultId {
  if (Object.hasOwn(catalogue, text)) return text as FaultId;
  const similar = closest(text, Object.keys(catalogue));
  const hint = similar === undefined ? "`bn-doctor faults` lists them" : `did you mean ${similar}?`;
  throw new BadInput(`no fault is called "${text}" (${hint})`);
}

/**
 * Reads the command line (without node and script).
 * @throws BadInput with one line that says what was expected and what came.
 */
export function parseOptions(args: readonly string[]): Request {
  let request: Request | undefined;
  const parser = command((chosen) => {
    request = chosen;
  });
  const help = parseArguments(parser, args);
  if (help !== undefined) return { kind: "help", text: help };
  if (request === undefined) throw new Error("no command was chosen");
  return request;
}
