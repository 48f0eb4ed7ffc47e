#!/usr/bin/env node

import { engine } from "@handgrad/tensor";
import { BadInput, runCommand } from "terminal";
import { parseCompareOptions } from "./options/compare-options.js";
import { parseOptions } from "./options/options.js";
import { parsePaperOptions } from "./paper/options.js";
import { parseSweepOptions } from "./sweep/sweep-options.js";
import { HEALTHY, INTERRUPTED } from "./system/exit-codes.js";

/** @throws BadInput where the environment asks for an engine that does not exist, or that this runtime cannot run. */
function requireEngine(): void {
  try {
    engine();
  } catch (error) {
    throw new BadInput((error as Error).message);
  }
}

function requestOf(args: readonly string[]) {
  const [subcommand, ...rest] = args;
  if (subcommand === "report") return parseCompareOptions(rest);
  if (subcommand === "paper") return parsePaperOptions(rest);
  if (subcommand === "sweep") return parseSweepOptions(rest);
  return parseOptions(args);
}

/**
 * Loads what a command needs when it is asked for, and before it begins: while it runs, a build may replace the files.
 */
async function main(given: readonly string[]): Promise<number> {
  // pnpm hands on the "--" of `pnpm start -- report`, which npm's users write by habit.
  const args = given[0] === "--" ? given.slice(1) : given;
  if (args[0] === "export" || args[0] === "predict") {
    const { runSavedModel } = await import("./commands/run-saved-model.js");
    requireEngine();
    process.stdout.write(runSavedModel(args));
    return HEALTHY;
  }
  const request = requestOf(args);
  switch (request.kind) {
    case "help":
      process.stdout.write(request.text);
      return HEALTHY;
    case "sweep": {
      const { sweep } = await import("./sweep/sweep.js");
      return sweep(request);
    }
    case "compare": {
      const { compare } = await import("./commands/compare.js");
      return compare(request);
    }
    case "paper": {
      const { paper } = await import("./commands/paper.js");
      requireEngine();
      return paper(request.options);
    }
    case "train": {
      const { train } = await import("./commands/train.js");
      requireEngine();
      return train(request.options);
    }
    case "gallery": {
      const { gallery } = await import("./commands/gallery.js");
      requireEngine();
      return gallery(request.options, request.faults);
    }
    case "evaluate": {
      const { evaluateSaved } = await import("./commands/evaluate-saved.js");
      requireEngine();
      process.stdout.write(await evaluateSaved(request.file, request.settings));
      return HEALTHY;
    }
  }
}

// A job of a sweep does not outlive it: the same sweep, started again, would train the job a second time beside it.
process.once("disconnect", () => process.exit(INTERRUPTED));
process.channel?.unref();

await runCommand("mnist-train", main);
// A module that was trained with may have left timers running: once all is printed, the program ends.
process.stdout.write("", () => setImmediate(() => process.exit()));
