#!/usr/bin/env node
import { BadInput } from "./bad-input.js";
import { parseOptions } from "./options.js";
import { programs } from "./programs.js";
import { readRecorded } from "./recorded.js";
import { createReport } from "./report.js";
import { stagesOf } from "./stages.js";
import { colorsFor } from "./terminal/colors.js";
import { reportText } from "./terminal/report.js";
import { stagesText } from "./terminal/stages.js";

const AS_EXPECTED = 0;
const NOT_AS_EXPECTED = 1;
const BAD_INPUT = 2;

const toJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? Array.from(part as Float64Array) : part), 2)}\n`;

function main(): number {
  try {
    const request = parseOptions(process.argv.slice(2));
    if (request.kind === "help") {
      process.stdout.write(request.text);
      return AS_EXPECTED;
    }
    const colors = colorsFor(process.stdout);
    const recorded = readRecorded();
    if (request.kind === "stages") {
      const { input } = recorded.find(request.rows, "train", "float64");
      const stages = stagesOf(input);
      process.stdout.write(request.json ? toJson(stages) : stagesText(input, stages, colors));
      return AS_EXPECTED;
    }
    const report = createReport(recorded, programs(recorded));
    const columns = process.stdout.columns || 80;
    process.stdout.write(request.json ? toJson(report) : reportText(report, columns, colors));
    return report.asExpected ? AS_EXPECTED : NOT_AS_EXPECTED;
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    process.stderr.write(`tensorflow-parity: ${error.message}\n`);
    return BAD_INPUT;
  }
}

// Piped into `head`, which has read enough.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
  if (code === "EPIPE") return;
  process.stderr.write(`tensorflow-parity: cannot write to standard output (${code})\n`);
  process.exit(BAD_INPUT);
});

process.exitCode = main();
