import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";

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

/** What goes wrong in a page from now on: errors, warnings, and requests for what is not the page's own. */
export function complaintsOf(page: Page, isOwn: (url: string) => boolean): readonly string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("request", (request) => {
    if (!isOwn(request.url())) complaints.push(`request ${request.url()}`);
  });
  return complaints;
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Rules of accessibility that a page breaks, with the elements that do. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: (options: object) => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run({ resultTypes: ["violations"], preload: false });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  });
}
