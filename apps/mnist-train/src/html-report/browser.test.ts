import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { launchChromium, noChromium, violations } from "testing/chromium";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paperPage } from "../paper/paper-page.js";
import { paperDefaults } from "../paper/settings.js";
import { testFigure } from "../paper/test-figure.js";
import { brokenResult, testEnvironment } from "../report/test-results.js";
import { experiment } from "../run/experiment.js";
import type { Settings } from "../run/settings.js";
import { fewDigits, smallJob } from "../run/test-digits.js";
import { type Built, build } from "../test-built.js";
import type { ChartData } from "./chart-data.js";
import { comparePage } from "./compare-page.js";
import { runPage } from "./run-page.js";
import { openFile } from "./test-browser.js";

const chart = (page: Page, id: string) => page.locator(`[data-chart="${id}"]`);
const value = (figure: Locator, series: number) => figure.locator(".legend .value").nth(series).textContent();
/** Pixels between the margins of a page of paper. */
const A4 = 700;
/** A short mark of what is drawn. */
async function picture(figure: Locator): Promise<string> {
  const canvas = figure.locator("canvas");
  const url = await canvas.evaluate((element) => (element as unknown as { toDataURL(): string }).toDataURL());
  return createHash("sha1").update(url).digest("hex");
}

/** Moves the mouse to a share of the plot's width. */
async function hover(page: Page, figure: Locator, share: number): Promise<void> {
  const box = await figure.locator(".u-over").boundingBox();
  if (!box) throw new Error("the plot is not visible");
  await page.mouse.move(box.x + share * box.width, box.y + box.height / 2);
}

describe.skipIf(noChromium)(`in Chromium${noChromium ? `, ${noChromium}` : ""}`, () => {
  const work = mkdtempSync(join(tmpdir(), "mnist-train-"));
  const files = {} as Record<"healthy" | "faulty" | "broken" | "compared" | "paper", string>;
  let built: Built;
  let browser: Browser;

  beforeAll(async () => {
    built = build();
    const script = readFileSync(join(built.folder, "report-page.js"), "utf8");
    const digits = fewDigits(400, 100);
    const save = (name: keyof typeof files, text: string) => {
      files[name] = join(work, `${name}.html`);
      writeFileSync(files[name], text);
    };
    const job: Settings = { ...smallJob, batchSize: 32 };
    const healthy = await experiment(digits, job);
    const faulty = await experiment(digits, { ...job, fault: "stats-never-updated" });
    save("healthy", runPage(job, healthy, testEnvironment, script));
    save("faulty", runPage(job, faulty, testEnvironment, script));
    save("broken", runPage(job, brokenResult(), testEnvironment, script));
    const saved = [healthy, faulty].map(({ runs, verdict }, i) => ({
      folder: `runs/a-rather-long-name-${i}`,
      runs,
      report: {
        settings: { ...job, seed: i },
        environment: testEnvironment,
        runs: runs.map((run) => ({ ...run, stepsPerSecond: run.steps / run.seconds })),
        verdict: { ...verdict, faults: [] },
      },
    }));
    save("compared", comparePage(saved, script));
    save("paper", paperPage(paperDefaults, testFigure, testEnvironment, script));
    browser = await launchChromium();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    built?.remove();
    rmSync(work, { recursive: true });
  });

  const phone = { width: 360 };
  const dark = { colorScheme: "dark" } as const;
  it.each([
    ["healthy", {}],
    ["faulty", { ...phone, ...dark }],
    ["broken", dark],
    ["compared", phone],
    ["paper", { ...phone, ...dark }],
  ] as const)("%s opens offline, accessible and without a request or a complaint: %j", async (name, view) => {
    const { page, context, complaints } = await openFile(browser, files[name], view);
    expect(await page.locator("canvas").count()).toBe(await page.locator("figure").count());
    const width = view === dark || !("width" in view) ? 1280 : view.width;
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    await page.locator("summary").first().click();
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(["faulty", "compared"] as const)("%s loses nothing on paper", async (name) => {
    const { page, context } = await openFile(browser, files[name]);
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: A4, height: 1000 });
    const cut = () =>
      page.evaluate(`[...document.querySelectorAll(".wide, figure")]
        .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth).length`);
    expect(await cut()).toBe(0);
    const tops = await page
      .locator("#curves canvas")
      .evaluateAll((canvases) =>
        canvases.map(
          (canvas) =>
            (canvas as unknown as { getBoundingClientRect(): { y: number } }).getBoundingClientRect().y,
        ),
      );
    expect(tops[0]).toBe(tops[1]);
    await context.close();
  });

  describe("a chart", () => {
    let page: Page;
    let losses: Locator;
    let data: ChartData;
    let close: () => Promise<void>;

    beforeAll(async () => {
      const opened = await openFile(browser, files.healthy);
      page = opened.page;
      close = () => opened.context.close();
      losses = chart(page, "losses");
      data = JSON.parse((await page.locator("#charts").textContent()) ?? "")[0];
    });
    afterAll(() => close());

    const first = (series: number) => String(Number(data.series[series].points[0][1]?.toPrecision(3)));
    const last = (series: number) => String(Number(data.series[series].points.at(-1)?.[1]?.toPrecision(3)));

    it("shows the values under the cursor", async () => {
      await hover(page, losses, 0.001);
      expect(await value(losses, 1)).toBe(first(1));
      await hover(page, losses, 0.999);
      for (const series of [0, 1, 2, 3, 4, 5]) expect(await value(losses, series)).toBe(last(series));
    });

    it("zooms into what the mouse marks, and back by its button", async () => {
      await hover(page, losses, 0.5);
      await page.mouse.down();
      await hover(page, losses, 0.9);
      await page.mouse.up();
      await hover(page, losses, 0.001);
      expect(await value(losses, 1)).not.toBe(first(1));
      await losses.getByRole("button", { name: "All steps" }).click();
      await hover(page, losses, 0.001);
      expect(await value(losses, 1)).toBe(first(1));
    });

    it("zooms by its buttons", async () => {
      const whole = await picture(losses);
      await losses.getByRole("button", { name: "Zoom in" }).click();
      expect(await picture(losses)).not.toBe(whole);
      await losses.getByRole("button", { name: "All steps" }).click();
      expect(await picture(losses)).toBe(whole);
    });

    it("keeps the steps that are zoomed into on the other scale", async () => {
      await losses.getByRole("button", { name: "Zoom in" }).click();
      const button = losses.getByRole("button", { name: "Log scale" });
      await button.click();
      await hover(page, losses, 0.001);
      expect(await value(losses, 1)).not.toBe(first(1));
      await button.click();
      await losses.getByRole("button", { name: "All steps" }).click();
      await hover(page, losses, 0.001);
      expect(await value(losses, 1)).toBe(first(1));
    });

    it("has a logarithmic scale and a plain one", async () => {
      const logarithmic = await picture(losses);
      const button = losses.getByRole("button", { name: "Log scale" });
      expect(await button.getAttribute("aria-pressed")).toBe("true");
      await button.click();
      expect(await button.getAttribute("aria-pressed")).toBe("false");
      expect(await picture(losses)).not.toBe(logarithmic);
      await button.click();
      expect(await picture(losses)).toBe(logarithmic);
    });

    it("hides a series, with its companions", async () => {
      const pair = chart(page, "running-mean-1");
      const whole = await picture(pair);
      const button = pair.getByRole("button", { name: "feature 0" });
      await button.click();
      expect(await button.getAttribute("aria-pressed")).toBe("false");
      expect(await picture(pair)).not.toBe(whole);
      await button.click();
      expect(await picture(pair)).toBe(whole);
    });

    it("is read by keyboard", async () => {
      await losses.locator(".plot").focus();
      await page.mouse.move(0, 0);
      await page.keyboard.press("ArrowRight");
      const spoken = losses.locator("output");
      expect(await spoken.textContent()).toContain(
        `Step 0: without batch norm, eval mode, same data ${first(1)};`,
      );
      await page.keyboard.press("ArrowRight");
      expect(await spoken.textContent()).toMatch(/^Step [1-9]/);
    });

    it("has its numbers in a table", async () => {
      const table = losses.locator("table");
      expect(await table.count()).toBe(0);
      await losses.locator("summary").click();
      const steps = new Set(data.series.flatMap(({ points }) => points.map(([step]) => step)));
      await table.waitFor();
      expect(await table.locator("tbody tr").count()).toBe(steps.size);
      expect(await table.locator("tbody tr").first().locator("td").nth(1).textContent()).toBe(first(1));
    });

    it("takes the theme of the button, and is white on paper", async () => {
      const background = () =>
        page.evaluate("getComputedStyle(document.querySelector('section')).backgroundColor");
      const light = await picture(losses);
      await page.getByRole("button", { name: "Dark theme" }).click();
      expect(await background()).toBe("rgb(26, 30, 36)");
      expect(await picture(losses)).not.toBe(light);
      await page.emulateMedia({ media: "print" });
      await expect.poll(background).toBe("rgb(255, 255, 255)");
      expect(await page.locator(".tools:visible, details:visible").count()).toBe(0);
      await page.emulateMedia({ media: "screen" });
      await expect.poll(background).toBe("rgb(26, 30, 36)");
    });
  });
});
