import { join } from "node:path";
import { OutputFolder } from "terminal";
import { pageScript } from "../html-report/assets.js";
import { comparePage } from "../html-report/compare-page.js";
import type { CompareRequest } from "../options/compare-options.js";
import { readSavedReport } from "../report/saved-report.js";
import { HEALTHY } from "../system/exit-codes.js";
import { show, writeAll } from "./output.js";

/** Overlays runs that were written before. */
export async function compare({
  folders,
  out,
  open,
}: Extract<CompareRequest, { kind: "compare" }>): Promise<number> {
  const saved = folders.map(readSavedReport);
  const folder = new OutputFolder(out);
  const written = writeAll(folder, { "compare.html": comparePage(saved, pageScript()) });
  process.stdout.write(`${written}\n`);
  if (open) await show(join(folder.path, "compare.html"));
  return HEALTHY;
}
