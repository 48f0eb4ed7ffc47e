#!/usr/bin/env node
import { colorsFor, runCommand, textWidth } from "terminal";
import { check } from "./cli/check.js";
import { diagnosisText } from "./cli/diagnosis-text.js";
import { explainFile } from "./cli/explain.js";
import { explanationText } from "./cli/explanation-text.js";
import { allFaults, faultOf, faultTable, faultText } from "./cli/faults-text.js";
import { parseOptions, type Request } from "./cli/options.js";

const HEALTHY = 0;
const UNHEALTHY = 1;
const UNDECIDED = 3;

/** NaN and ±Infinity are no JSON: as text they can still be told apart. */
const toJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, part) => (typeof part === "number" && !Number.isFinite(part) ? String(part) : part), 2)}\n`;

const colors = colorsFor(process.stdout);
const width = textWidth(process.stdout);
const print = (text: string): void => {
  process.stdout.write(text);
};

async function answer(request: Request): Promise<number> {
  switch (request.kind) {
    case "help":
      print(request.text);
      return HEALTHY;
    case "faults":
      if (request.id === undefined) print(request.json ? toJson(allFaults()) : faultTable(width, colors));
      else {
        const fault = faultOf(request.id);
        print(request.json ? toJson(fault) : faultText(fault, width, colors));
      }
      return HEALTHY;
    case "explain": {
      const { file, json } = request;
      const explanation = explainFile(file);
      print(json ? toJson(explanation) : explanationText(explanation, width));
      if (explanation.healthy === null) return UNDECIDED;
      return explanation.healthy ? HEALTHY : UNHEALTHY;
    }
    case "check": {
      const { file, strict, json } = request;
      const diagnosis = await check(file, strict);
      print(json ? toJson(diagnosis) : diagnosisText(diagnosis, strict, width, colors));
      return diagnosis.healthy ? HEALTHY : UNHEALTHY;
    }
  }
}

await runCommand("bn-doctor", (args) => answer(parseOptions(args)));
// A module that was checked may have left timers running: once all is printed, the command ends.
process.stdout.write("", () => setImmediate(() => process.exit()));
