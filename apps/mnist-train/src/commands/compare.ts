import { OutputFolder } from "terminal";
import type { CompareRequest } from "../compare-options.js";
import { HEALTHY } from "../exit-codes.js";
import { pageScript } from "../html-report/assets.js";
import { comparePage } from "../html-report/compare-page.js";
import { readSavedReport } from "../saved-report.js";
import { show } from "./output.js";

/** Overlays runs that were written before. */
export async function compare({
  folders,
  out,
  open,
}: Extract<CompareRequest, { kind: "compare" }>): Promise<number> {
  const saved = folders.map(readSavedReport);
  const path = new OutputFolder(out).write("compare.html", comparePage(saved, pageScript()));
  process.stdout.write(`Written:\n  ${path}\n`);
  if (open) await show(path);
  return HEALTHY;
}
