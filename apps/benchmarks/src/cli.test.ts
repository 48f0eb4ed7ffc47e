import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";

/** The command as it is built, beside the app so that it finds its dependencies; results go elsewhere. */
const app = fileURLToPath(new URL("..", import.meta.url));
mkdirSync(join(app, "node_modules"), { recursive: true });
const built = mkdtempSync(join(app, "node_modules", ".built-for-test-"));
const work = mkdtempSync(join(tmpdir(), "benchmarks-"));
const temporary = join(work, "temporary");

beforeAll(() => {
  mkdirSync(temporary);
  const tsup = join(
    dirname(createRequire(import.meta.url).resolve("tsup/package.json")),
    "dist/cli-default.js",
  );
  execFileSync(process.execPath, [tsup, "--config", "../../tsup.config.ts", "--out-dir", built], {
    cwd: app,
  });
}, 120_000);

afterAll(() => {
  rmSync(built, { recursive: true });
  rmSync(work, { recursive: true });
});

const start = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [join(built, "cli.js"), ...args], {
    cwd: work,
    env: { ...process.env, INIT_CWD: work, TMPDIR: temporary, TEMP: temporary },
  });

function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const texts = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (part) => (texts.stdout += part));
  child.stderr?.setEncoding("utf8").on("data", (part) => (texts.stderr += part));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...texts })));
}

it("measures this project, prints tables and writes what it measured", async () => {
  const args = ["--quick", "--rounds", "1", "--contenders", "handgrad", "--out", "results"];
  const { code, stdout, stderr } = await ended(start([...args, "--only", "training,inference,process"]));
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toContain("handgrad-wasm-1: handgrad wasm, 1 thread\n");
  expect(stdout).toMatch(
    /\nTraining step, real digits, SGD\n +batch 32\n +ms +ratio\n {2}handgrad-wasm-\d+ +[\d.]+/,
  );
  expect(stdout).not.toContain("\x1b");

  const files = readdirSync(join(work, "results")).sort();
  expect(files).toEqual(["benchmarks.html", "benchmarks.json"]);
  const report = JSON.parse(readFileSync(join(work, "results", "benchmarks.json"), "utf8"));
  expect(report.settings.rounds).toBe(1);
  // Three workloads of training, one of inference, start-up and two of memory.
  expect(report.columns).toHaveLength(7);
  for (const { outcomes } of report.columns) {
    const contenders = outcomes.map(({ contender }: { contender: string }) => contender);
    expect(contenders).toEqual(expect.arrayContaining(["handgrad-wasm-1", "handgrad-scalar-1"]));
    for (const { samples } of outcomes) expect(samples).toEqual([expect.any(Number)]);
  }
  const page = readFileSync(join(work, "results", "benchmarks.html"), "utf8");
  expect(page.match(/<figure>/g)).toHaveLength(8);
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
  expect(readdirSync(temporary)).toEqual([]);
}, 60_000);

it("leaves nothing behind where it is interrupted", async () => {
  const child = start(["--contenders", "handgrad", "--only", "training"]);
  const end = ended(child);
  while (readdirSync(temporary).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGINT");
  expect(await end).toEqual({ code: 130, stdout: "", stderr: "" });
  expect(readdirSync(temporary)).toEqual([]);
}, 60_000);

it("says bad input on one line", async () => {
  writeFileSync(join(work, "file"), "");
  expect(await ended(start(["--out", "file"]))).toEqual({
    code: 2,
    stdout: "",
    stderr: 'benchmarks: --out must be a folder that can be written to, got "file" (ENOTDIR)\n',
  });
}, 60_000);
