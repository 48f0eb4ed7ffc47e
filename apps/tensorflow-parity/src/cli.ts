#!/usr/bin/env node
import { colorsFor, runCommand } from "terminal";
import { parseOptions } from "./options.js";
import { programs } from "./programs.js";
import { readRecorded } from "./recorded.js";
import { createReport } from "./report.js";
import { stagesOf } from "./stages.js";
import { reportText } from "./terminal/report.js";
import { stagesText } from "./terminal/stages.js";

const AS_EXPECTED = 0;
const NOT_AS_EXPECTED = 1;

const toJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, part) => (ArrayBuffer.isView(part) ? Array.from(part as Float64Array) : part), 2)}\n`;

await runCommand("tensorflow-parity", (args) => {
  const request = parseOptions(args);
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
});
