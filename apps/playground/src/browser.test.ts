import type { Page } from "playwright-core";
import { noChromium, violations } from "testing/chromium";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Site, tabTo } from "./test-page.js";

const text = (page: Page, selector: string) => page.locator(selector).textContent();
const steps = async (page: Page) => Number((await text(page, "#step-count"))?.replace(",", ""));
const ready = (page: Page) =>
  expect.poll(() => page.locator("#start").isEnabled(), { timeout: 30_000 }).toBe(true);
const tourCount = (page: Page) =>
  expect.poll(() => page.locator("#tour-count").textContent(), { timeout: 30_000 });

/** Puts code in front of the worker's own. */
const inWorker = (code: string) => (page: Page) =>
  page.route("**/worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${code};${await response.text()}` });
  });

describe.skipIf(noChromium)(`in Chromium${noChromium ? `, ${noChromium}` : ""}`, () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.open();
  }, 120_000);
  afterAll(() => site?.close());

  it("the tour is completed by keyboard", async () => {
    const { page, context, complaints } = await site.visit();
    await ready(page);
    expect(await text(page, "#engine")).toMatch(/^WebAssembly SIMD .* the page is cross-origin isolated\.$/);
    await tabTo(page, "Start");
    await page.keyboard.press("Enter");
    await tourCount(page).toBe("1 of 5 done");
    await tabTo(page, "Paper to draw a digit on");
    await page.keyboard.press("Space");
    for (let row = 0; row < 14; row++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await expect
      .poll(() => text(page, "#answer"))
      .toMatch(/^It is taken for: in training mode \d, in eval mode \d/);
    await tabTo(page, "Take a handwritten 0");
    await page.keyboard.press("Enter");
    await tourCount(page).toBe("2 of 5 done");

    await tabTo(page, "Set up and start: Switch on stats-never-updated and draw a 3");
    await page.keyboard.press("Enter");
    expect(page.url()).toContain("#fault=stats-never-updated");
    await tabTo(page, "Take a handwritten 3");
    await page.keyboard.press("Enter");
    await tourCount(page).toBe("3 of 5 done");

    await tabTo(page, "Set up and start: Find a fault that no curve shows");
    await page.keyboard.press("Enter");
    await tourCount(page).toBe("4 of 5 done");
    expect(await text(page, "#verdict .headline")).toBe(
      "✗ Batch norm does not behave: train-formula-in-eval.",
    );

    await tabTo(page, "Set up and start: See what looks like a fault and is none");
    await page.keyboard.press("Enter");
    await tourCount(page).toBe("All five done.");
    expect(await text(page, "#verdict .headline")).toContain("Batch norm behaves.");
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  const small = "hidden=20,16&batch=64";

  it("in the dark and on a phone, a fault from the address fails, and a drawn digit shows it", async () => {
    const { page, context, complaints } = await site.visit(`#fault=stats-never-updated&${small}`, {
      width: 360,
      colorScheme: "dark",
    });
    await ready(page);
    await page.getByRole("button", { name: "Start" }).click();
    await expect.poll(() => steps(page), { timeout: 30_000 }).toBeGreaterThanOrEqual(50);
    await page.getByRole("button", { name: "Pause" }).click();
    await expect
      .poll(() => text(page, "#verdict .headline"))
      .toContain("✗ Batch norm does not behave: stats-never-updated.");
    await expect.poll(() => text(page, "#status")).toBe("Paused");
    const stoppedAt = await steps(page);

    const paper = await page.locator("#paper").boundingBox();
    if (!paper) throw new Error("there is no paper to draw on");
    await page.locator("#paper").scrollIntoViewIfNeeded();
    const { x, y } = (await page.locator("#paper").boundingBox()) ?? paper;
    await page.mouse.move(x + 90, y + 60);
    await page.mouse.down();
    for (const [right, down] of [
      [190, 80],
      [130, 140],
      [190, 190],
      [90, 230],
    ]) {
      await page.mouse.move(x + right, y + down, { steps: 4 });
    }
    await page.mouse.up();
    await expect.poll(() => page.locator(".answer").count()).toBe(3);
    await page.getByRole("button", { name: "Clear" }).click();
    expect(await text(page, "#answer")).toBe("Nothing is drawn yet.");

    await page.getByRole("button", { name: "One step" }).click();
    await expect.poll(() => steps(page)).toBe(stoppedAt + 1);
    await page.getByRole("button", { name: "Reset" }).click();
    await expect.poll(() => steps(page)).toBe(0);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(16, 19, 23)");
    await page.getByRole("button", { name: "Light theme" }).click();
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(245, 246, 248)");
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("a link shares the experiment, and what it gets wrong is told", async () => {
    const { page, context, complaints } = await site.visit(`#decay=7&fault=nobody-did-this&${small}`);
    await ready(page);
    expect(await page.locator("#notice .problem").allTextContents()).toEqual([
      "Decay must be from 0 to below 1, or cumulative, got 7; it stays 0.9.",
      "Planted fault must be none, or one of the catalogue's faults, got nobody-did-this; it stays none.",
    ]);
    await page.getByLabel("Planted fault").selectOption("wrong-axis");
    await page.getByLabel("Hidden layers").fill("9, 1000");
    await page.getByLabel("Hidden layers").blur();
    expect(await text(page, "#setting-hidden-help")).toBe(
      "Hidden layers must be 1 to 4 widths from 2 to 512, such as 64, 32, got 9, 1000",
    );
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy link" }).click();
    await expect.poll(() => text(page, "#share")).toBe("Copied");
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toBe(`${site.url}#fault=wrong-axis&hidden=20,16&batch=64`);
    await page.goto("about:blank");
    await page.goto(link);
    await ready(page);
    expect(await page.getByLabel("Planted fault").inputValue()).toBe("wrong-axis");
    expect(await page.getByLabel("Hidden layers").inputValue()).toBe("20, 16");
    expect(await page.locator("#notice").textContent()).toBe("");
    await page.evaluate(() => {
      location.hash = "#batch-norm=off";
    });
    await expect
      .poll(() => text(page, "#verdict .body"))
      .toBe("Batch norm is off: there is nothing to judge.");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("without isolation and WebAssembly SIMD it says so, and trains", async () => {
    const { page, context } = await site.visit(`#${small}`, {
      prepare: inWorker("WebAssembly.validate = () => false"),
    });
    await ready(page);
    expect(await text(page, "#engine")).toMatch(
      /^This browser has no WebAssembly SIMD, or refused the memory for it/,
    );
    await page.getByRole("button", { name: "One step" }).click();
    await expect.poll(() => text(page, "#verdict .body"), { timeout: 30_000 }).toContain("Judged at step 1.");
    await context.close();
  });

  it("on a host that does not isolate the page, it trains on one thread and says why", async () => {
    const { page, context } = await site.visit("", {
      prepare: (page) =>
        page.route(/(folder\/|\.js)$/, async (route) => {
          const response = await route.fetch();
          const {
            "cross-origin-opener-policy": _,
            "cross-origin-embedder-policy": __,
            ...headers
          } = response.headers();
          await route.fulfill({ response, headers });
        }),
    });
    await ready(page);
    expect(await text(page, "#engine")).toContain("on one thread: the page's host does not isolate it");
    await context.close();
  });

  it.each<[string, (page: Page) => Promise<unknown>, RegExp]>([
    [
      "the worker does not start",
      (page) => page.route("**/worker-*.js", (route) => route.abort()),
      /^The worker that trains could not start or stopped/,
    ],
    [
      "the digits are missing",
      (page) => page.route("**/*.bin", (route) => route.fulfill({ status: 404 })),
      /^the digits' \w+ could not be loaded \(404/,
    ],
    [
      "memory is refused",
      inWorker(
        "globalThis.Float32Array = class extends Float32Array { constructor(...args) { if (args[0] === 784 * 20) throw new RangeError('Array buffer allocation failed'); super(...args); } }",
      ),
      /^The browser refused the memory that these settings need/,
    ],
  ])("where %s, the page says so", async (_, spoil, message) => {
    const { page, context } = await site.visit(`#${small}`, {
      prepare: async (page) => {
        await spoil(page);
      },
    });
    await expect.poll(() => page.locator("#notice").textContent(), { timeout: 30_000 }).toMatch(message);
    expect(await text(page, "#status")).not.toContain("Loading");
    expect(await page.locator("h1").isVisible()).toBe(true);
    await context.close();
  });
});
