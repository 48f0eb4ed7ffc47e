import { OutputFolder } from "terminal";
import { pageScript } from "../html-report/assets.js";
import { comparePage } from "../html-report/compare-page.js";
import type { CompareRequest } from "../options/compare-options.js";
import { readSavedReport } from "../report/saved-report.js";
import { HEALTHY } from "../system/exit-codes.js";
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
