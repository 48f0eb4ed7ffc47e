import { join } from "node:path";
import { OutputFolder } from "terminal";
import { pageScript } from "../html-report/assets.js";
import type { PaperOptions } from "../paper/options.js";
import { paperFigure } from "../paper/paper-figure.js";
import { paperPage } from "../paper/paper-page.js";
import { paperProgressView } from "../paper/progress.js";
import { paperText } from "../paper/text.js";
import { environment } from "../report/environment.js";
import { toJson } from "../report/report.js";
import { digitsFor } from "../run/digits.js";
import { HEALTHY } from "../system/exit-codes.js";
import { print, show, writeAll } from "./output.js";
import { stopOnInterrupt } from "./stop-on-interrupt.js";

/** The paper's own experiment, which is drawn and not judged. */
export async function paper({ settings, out, json, quiet, open }: PaperOptions): Promise<number> {
  const progress = paperProgressView(quiet);
  stopOnInterrupt(progress);
  const digits = await digitsFor(settings);
  const folder = new OutputFolder(out);
  const figure = await paperFigure(digits, settings, (step) => progress.show(step)).finally(() =>
    progress.stop(),
  );
  const ranOn = environment();
  const files = {
    "paper.html": paperPage(settings, figure, ranOn, pageScript()),
    "paper.json": toJson({ settings, environment: ranOn, ...figure }),
  };
  const written = writeAll(folder, files);
  if (json) process.stdout.write(files["paper.json"]);
  else print(paperText(figure, settings), written);
  if (open) await show(join(folder.path, "paper.html"));
  return HEALTHY;
}
