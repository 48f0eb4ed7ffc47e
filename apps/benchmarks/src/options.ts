import { Command } from "commander";
import { BadInput, closest, parseArguments } from "terminal";
import { type Group, groups } from "./groups.js";

export interface Options {
  readonly rounds: number;
  readonly only: readonly Group[];
  /** Families or rows that take part; undefined: all that are there. */
  readonly contenders: readonly string[] | undefined;
  readonly quick: boolean;
  /** Path or name of the Python that has the Python peers. */
  readonly python: string;
  readonly install: boolean;
  /** Folder for the files, as the user wrote it. */
  readonly out: string;
}

export type Request =
  | { readonly kind: "run"; readonly options: Options }
  | { readonly kind: "help"; readonly text: string };

/** What can be named in `--contenders`; each has one or more rows. */
export const families = [
  "handgrad",
  "tensorflow-js",
  "jax-js",
  "onnxruntime",
  "pytorch",
  "tensorflow",
  "numpy",
] as const;

const DEFAULT_ROUNDS = 7;
const QUICK_ROUNDS = 2;
const MOST_ROUNDS = 100;
const DEFAULT_OUT = "runs/benchmarks";

function rounds(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 1 && value <= MOST_ROUNDS) return value;
  throw new BadInput(`--rounds must be an integer from 1 to ${MOST_ROUNDS}, got "${text}"`);
}

/** Each once, in the order given. */
const list = <Name extends string>(flag: string, what: string, known: (name: string) => Name) => {
  return (text: string): Name[] => {
    const names = text.split(",").map((name) => name.trim());
    if (names.includes("")) throw new BadInput(`${flag} must be ${what}, got "${text}"`);
    return [...new Set(names.map(known))];
  };
};

const oneOf = <const Name extends string>(flag: string, what: string, names: readonly Name[]) => {
  const expected = `${what}: ${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
  return (text: string): Name => {
    const found = names.find((name) => name === text);
    if (found) return found;
    const similar = closest(text, names);
    throw new BadInput(
      `${flag} must be ${expected}, got "${text}"${similar ? ` (did you mean ${similar}?)` : ""}`,
    );
  };
};

const contender = (name: string): string =>
  families.some((family) => name.startsWith(`${family}-`))
    ? name
    : oneOf("--contenders", "contenders, separated by commas", families)(name);

const notEmpty = (flag: string, what: string) => (text: string) => {
  if (text === "") throw new BadInput(`${flag} must be ${what}, got ""`);
  return text;
};

const AFTER = `
Contenders: ${families.join(", ")}; a single row by its name in the tables, such as pytorch-1.
Timing never fails a run. Exit code: 0 measured, 2 bad input.`;

/** @throws BadInput with one line that names the option, what was expected and what came. */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Request {
  const workloads = "workloads, separated by commas";
  const parser = new Command("benchmarks")
    .description("handgrad beside other frameworks on the same work, in one interleaved run.")
    .option(
      "--rounds <n>",
      `measurements of each contender in each workload (default: ${DEFAULT_ROUNDS})`,
      rounds,
    )
    .option(
      "--only <names>",
      `some of ${groups.join(", ")}`,
      list("--only", workloads, oneOf("--only", workloads, groups)),
    )
    .option(
      "--contenders <names>",
      "some of those below",
      list("--contenders", "contenders, separated by commas", contender),
    )
    .option("--quick", `few workloads, ${QUICK_ROUNDS} rounds: whether everything runs`)
    .option(
      "--python <path>",
      "a Python with PyTorch, TensorFlow or NumPy (default: HANDGRAD_PYTHON, then python3)",
      notEmpty("--python", "the path of a Python"),
    )
    .option("--no-install", "measure no JavaScript peer that is not installed yet")
    .option("--out <folder>", "where the files go", notEmpty("--out", "the path of a folder"), DEFAULT_OUT)
    .addHelpText("after", AFTER);
  const help = parseArguments(parser, args);
  if (help !== undefined) return { kind: "help", text: help };
  const { quick = false, ...given } = parser.opts();
  return {
    kind: "run",
    options: {
      rounds: given.rounds ?? (quick ? QUICK_ROUNDS : DEFAULT_ROUNDS),
      only: given.only ?? groups,
      contenders: given.contenders,
      quick,
      python: given.python ?? (env.HANDGRAD_PYTHON || "python3"),
      install: given.install,
      out: given.out,
    },
  };
}
