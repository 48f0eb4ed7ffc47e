import type { FaultId } from "bn-faults";
import type { Options } from "../options/options.js";
import { toJson } from "../report/report.js";
import { isAsExpected, trainGallery } from "../run/gallery.js";
import { HEALTHY, UNHEALTHY } from "../system/exit-codes.js";
import { galleryMarkdown, galleryText } from "../terminal/gallery.js";
import { print, settingsText, terminal, writeAll } from "./output.js";
import { prepare } from "./prepare.js";
import { stopOnInterrupt } from "./stop-on-interrupt.js";

/** Trains without batch norm, with a correct one and with each fault, and writes the table. */
export async function gallery(options: Options, ids: readonly FaultId[]): Promise<number> {
  const { settings, json } = options;
  const { digits, folder, progress } = await prepare(options);
  stopOnInterrupt(progress);
  const result = await trainGallery(ids, digits, settings, (step, run, runs) =>
    progress.show(step, `${run}/${runs} `),
  ).finally(() => progress.stop());

  const files = {
    "faults.json": toJson({ settings, ...result }),
    "faults.md": galleryMarkdown(result, settings),
  };
  const written = writeAll(folder, files);
  if (json) process.stdout.write(files["faults.json"]);
  else {
    const { columns, colors } = terminal();
    print(...settingsText(settings, columns), galleryText(result, columns, colors), written);
  }
  return isAsExpected(result) ? HEALTHY : UNHEALTHY;
}
