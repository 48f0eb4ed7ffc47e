// Draws the top of a report as a PNG: node screenshot.mjs <report.html> <picture.png> [light|dark] [first section]
// `pnpm --filter mnist-train screenshot` draws docs/report.png from the report of the last run, and
// `pnpm --filter mnist-train screenshot runs/paper/paper.html docs/paper-figure.png light curves` the paper's figure.
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../../", import.meta.url));
const [report, picture, colorScheme = "light", first] = process.argv.slice(2);
const from = resolve(process.env.INIT_CWD ?? ".", report ?? `${root}runs/mnist-train/report.html`);
const to = resolve(process.env.INIT_CWD ?? ".", picture ?? `${root}docs/report.png`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1080, height: 1500 }, colorScheme });
await page.goto(pathToFileURL(from).href);
// To the end of the first charts, where the eye stops.
const { y, height } = await page.locator("#curves").boundingBox();
const top = first === undefined ? 0 : Math.floor((await page.locator(`#${first}`).boundingBox()).y - 12);
const clip = { x: 0, y: top, width: 1080, height: Math.ceil(y + height + 12) - top };
await page.screenshot({ path: to, clip, fullPage: true });
await browser.close();
console.log(`Written: ${to}`);
