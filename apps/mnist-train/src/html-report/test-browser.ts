import type { Browser, BrowserContext, Page } from "playwright-core";
import { complaintsOf } from "testing/chromium";

/** A page that was opened offline, and what went wrong in it. */
export interface Opened {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings, and every request but the file's own. */
  readonly complaints: readonly string[];
}

export async function openFile(
  browser: Browser,
  file: string,
  { width = 1280, colorScheme = "light" as "light" | "dark" } = {},
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints = complaintsOf(page, (url) => url === `file://${file}` || url.startsWith("data:"));
  await page.goto(`file://${file}`);
  return { page, context, complaints };
}
