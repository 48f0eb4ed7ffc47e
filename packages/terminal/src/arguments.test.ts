import { Command, Option } from "commander";
import { describe, expect, it } from "vitest";
import { parseArguments } from "./arguments.js";
import { BadInput } from "./bad-input.js";

function parser(): Command {
  const root = new Command("tool");
  root
    .command("check <file>")
    .description("looks at a file")
    .option("--json", "for programs")
    .addOption(new Option("--rows <n>").choices(["1", "2"]))
    .action(() => {});
  root.command("list").action(() => {});
  return root;
}

it.each([[["check", "a"]], [["--", "check", "a", "--json"]]])("%j asks for no help", (args) => {
  expect(parseArguments(parser(), args)).toBeUndefined();
});

it.each([
  [["--help"], "Usage: tool [options] [command]\n"],
  [["check", "--help"], "Usage: tool check [options] <file>\n\nlooks at a file\n"],
  [["help", "check"], "Usage: tool check [options] <file>\n\nlooks at a file\n"],
])("%j returns the help, and prints nothing", (args, start) => {
  expect(parseArguments(parser(), args)?.slice(0, start.length)).toBe(start);
});

describe("bad arguments: one line that says what is wrong", () => {
  it.each([
    [["chek", "a"], "unknown command 'chek' (Did you mean check?)"],
    [["check", "a", "--jsn"], "unknown option '--jsn' (Did you mean --json?)"],
    [["check"], "missing required argument 'file'"],
    [["check", "a", "--rows", "3"], "option '--rows <n>' must be one of 1, 2, got '3'"],
    [["check", "a", "--rows"], "option '--rows <n>' argument missing"],
    [["check", "a", "b"], "too many arguments for 'check'. Expected 1 argument but got 2."],
  ])("%j", (args, message) => {
    expect(() => parseArguments(parser(), args)).toThrow(new BadInput(message));
  });
});
