import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { complaintsOf, launchChromium } from "testing/chromium";
import { build, preview } from "vite";

/** Of any host: the page must work wherever it lies. */
const FOLDER = "/some/folder/";

/** The page, built and served from a folder, and a browser. */
export class Site {
  readonly #close: () => Promise<void>;

  private constructor(
    readonly browser: Browser,
    readonly url: string,
    close: () => Promise<void>,
  ) {
    this.#close = close;
  }

  static async open(): Promise<Site> {
    const root = fileURLToPath(new URL("..", import.meta.url));
    const outDir = mkdtempSync(join(tmpdir(), "playground-"));
    await build({ root, logLevel: "silent", build: { outDir, emptyOutDir: true } });
    const [server, browser] = await Promise.all([
      preview({
        root,
        base: FOLDER,
        logLevel: "silent",
        build: { outDir },
        preview: { port: 0, host: "127.0.0.1" },
      }),
      launchChromium(),
    ]);
    return new Site(browser, server.resolvedUrls?.local[0] ?? "", async () => {
      await Promise.all([browser.close(), server.close()]);
      rmSync(outDir, { recursive: true });
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** A page, at these settings. `prepare` can spoil what it asks the host for. */
  async visit(
    hash = "",
    {
      width = 1280,
      colorScheme = "light" as "light" | "dark",
      prepare = async (_: Page): Promise<unknown> => undefined,
    } = {},
  ): Promise<Visit> {
    const context = await this.browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    const complaints = complaintsOf(page, (url) => url.startsWith(this.url) || /^(data|blob):/.test(url));
    await prepare(page);
    await page.goto(this.url + hash);
    return { page, context, complaints };
  }
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors and warnings, and every request that leaves the page's folder. */
  readonly complaints: readonly string[];
}

/** Presses Tab until the focus is on what has this name, as a keyboard's user would. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 100; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const { activeElement: element } = document;
      return element?.getAttribute("aria-label") ?? element?.textContent;
    });
    if (focused?.startsWith(name)) return;
  }
  throw new Error(`Tab never comes to ${name}`);
}
