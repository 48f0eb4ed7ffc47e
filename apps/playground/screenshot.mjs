// Draws the page in training as docs/playground.png, from the build: pnpm --filter playground screenshot [light|dark]
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { preview } from "vite";

const [colorScheme = "light"] = process.argv.slice(2);
const to = fileURLToPath(new URL("../../docs/playground.png", import.meta.url));

const server = await preview({ logLevel: "warn", preview: { port: 0, host: "127.0.0.1" } });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage({ viewport: { width: 1080, height: 1430 }, colorScheme });
await page.goto(`${server.resolvedUrls.local[0]}#fault=stats-never-updated`);
await page.locator("#start:enabled").click();
await page.getByRole("button", { name: "Take a handwritten 3" }).dblclick();
await page.waitForFunction(() => Number(document.querySelector("#step-count").textContent) >= 300);
await page.locator("#start").click();
await page.getByText("Paused").waitFor();
await page.locator("#verdict .headline").waitFor();
await page.evaluate(() => scrollTo(0, 0));
await page.screenshot({ path: to });
await Promise.all([browser.close(), server.close()]);
console.log(`Written: ${to}`);
process.exit(0);
