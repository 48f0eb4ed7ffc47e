import { type Colors, colorsFor, type OutputFolder, textWidth, wrap } from "terminal";
import { unusualSettings } from "../options/unusual-settings.js";
import type { Settings } from "../run/settings.js";
import { openInBrowser } from "../system/open-in-browser.js";

/** Writes the files and says where they are. */
export function writeAll(
  folder: OutputFolder,
  files: Readonly<Record<string, string>>,
  before: readonly string[] = [],
): string {
  const paths = [...before, ...Object.entries(files).map(([name, text]) => folder.write(name, text))];
  return `Written:\n${paths.map((path) => `  ${path}`).join("\n")}`;
}

/** In the system's browser; where that fails, says where the file is. */
export async function show(path: string): Promise<void> {
  if (await openInBrowser(path)) return;
  process.stderr.write(`mnist-train: no browser could be opened, the report is ${path}\n`);
}

export function settingsText(settings: Settings, columns: number): string[] {
  const unusual = unusualSettings(settings);
  return unusual === "" ? [] : [wrap(`With ${unusual}`, textWidth({ columns }), "")];
}

export const terminal = (): { readonly columns: number; readonly colors: Colors } => ({
  columns: process.stdout.columns || 80,
  colors: colorsFor(process.stdout),
});

export function print(...sections: readonly string[]): void {
  process.stdout.write(`\n${sections.join("\n\n")}\n`);
}
