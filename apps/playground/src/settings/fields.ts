import { initializers } from "@handgrad/layers";
import type { FaultId } from "bn-faults";
import { activations, optimizers, plantableFaults } from "laboratory";
import type { Settings } from "./settings.js";

/** One setting as text: in the form, and in the page's address. */
export interface Field<Value> {
  readonly label: string;
  /** Of the address. */
  readonly name: string;
  /** What can be chosen, where it is a choice. */
  readonly choices?: readonly string[];
  /** What it must be, in words: "an integer from 2 to 512". */
  readonly rule: string;
  /** Undefined where the text breaks the rule. */
  readonly read: (text: string) => Value | undefined;
  readonly write: (value: Value) => string;
}

const WIDEST = 512;
const MOST_LAYERS = 4;
const MOST_SEED = 2 ** 31;

/** A decimal number, and nothing that JavaScript takes for one beside: no blank, no hexadecimal. */
function number(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
}

const integer = (label: string, name: string, least: number, most: number): Field<number> => ({
  label,
  name,
  rule: `an integer from ${least} to ${most}`,
  read: (text) => {
    const value = number(text);
    return Number.isInteger(value) && value >= least && value <= most ? value : undefined;
  },
  write: String,
});

const positive = (label: string, name: string, most: number): Field<number> => ({
  label,
  name,
  rule: `a number above 0, at most ${most}`,
  read: (text) => {
    const value = number(text);
    return value > 0 && value <= most ? value : undefined;
  },
  write: String,
});

function choice<Name extends string>(label: string, name: string, names: readonly Name[]): Field<Name> {
  return {
    label,
    name,
    choices: names,
    rule: `one of ${names.join(", ")}`,
    read: (text) => names.find((each) => each === text.trim()),
    write: String,
  };
}

const namesOf = <Name extends string>(choices: Readonly<Record<Name, unknown>>): readonly Name[] =>
  Object.keys(choices) as Name[];

const faultChoice = choice<FaultId | "none">("Planted fault", "fault", ["none", ...plantableFaults]);

export const fields: { readonly [Key in keyof Settings]: Field<Settings[Key]> } = {
  batchNorm: {
    ...choice("Batch norm", "batch-norm", ["on", "off"]),
    read: (text) => (text === "on" ? true : text === "off" ? false : undefined),
    write: (on) => (on ? "on" : "off"),
  },
  fault: {
    ...faultChoice,
    rule: "none, or one of the catalogue's faults",
    read: (text) => {
      const fault = faultChoice.read(text);
      return fault === "none" ? null : fault;
    },
    write: (fault) => fault ?? "none",
  },
  hidden: {
    label: "Hidden layers",
    name: "hidden",
    rule: `1 to ${MOST_LAYERS} widths from 2 to ${WIDEST}, such as 64, 32`,
    read: (text) => {
      const widths = text.split(",").map(number);
      const fits = widths.every((width) => Number.isInteger(width) && width >= 2 && width <= WIDEST);
      return fits && widths.length <= MOST_LAYERS ? widths : undefined;
    },
    write: (widths) => widths.join(", "),
  },
  activation: choice("Activation", "activation", namesOf(activations)),
  decay: {
    label: "Decay",
    name: "decay",
    rule: "from 0 to below 1, or cumulative",
    read: (text) => {
      if (text.trim() === "cumulative") return "cumulative";
      const value = number(text);
      return value >= 0 && value < 1 ? value : undefined;
    },
    write: String,
  },
  epsilon: positive("ε", "epsilon", 1),
  varianceCorrection: choice("Running variance", "variance", ["biased", "unbiased"]),
  batchSize: integer("Batch size", "batch", 2, WIDEST),
  learningRate: positive("Learning rate", "lr", 10),
  optimizer: choice("Optimiser", "optimizer", namesOf(optimizers)),
  init: choice("First weights", "init", namesOf(initializers)),
  seed: integer("Seed", "seed", 0, MOST_SEED),
};

export const keys = Object.keys(fields) as (keyof Settings)[];

/** `settings` with one of them as `text` says, or what is wrong with the text. */
export function withText(
  settings: Settings,
  key: keyof Settings,
  text: string,
): { readonly settings: Settings; readonly problem?: string } {
  const { label, rule, read } = fields[key];
  const value = read(text);
  if (value === undefined)
    return { settings, problem: `${label} must be ${rule}, got ${text.trim() || "nothing"}` };
  return { settings: { ...settings, [key]: value } };
}

/** One setting as text. */
export const textOf = <Key extends keyof Settings>(settings: Settings, key: Key): string =>
  fields[key].write(settings[key]);
