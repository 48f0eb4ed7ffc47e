import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Chromium is: where the variable CHROMIUM says, or where Debian puts it. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Why no browser can be had, if so. */
export const noChromium = existsSync(executablePath)
  ? undefined
  : `no Chromium at ${executablePath}: apt-get install chromium, or set CHROMIUM`;

/** A headless Chromium that speaks to nobody but the page's server. */
export function launchChromium(): Promise<Browser> {
  const quiet = ["quic", "background-networking", "component-update", "sync", "gpu"];
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--no-first-run", ...quiet.map((what) => `--disable-${what}`)],
  });
}
