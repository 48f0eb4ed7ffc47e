import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BadInput } from "terminal";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Built, build } from "../test-built.js";
import { writeIdxFolder } from "../test-idx-folder.js";
import { parseSweepOptions } from "./sweep-options.js";

/** Processes take their time: with HANDGRAD_KILLS, these too. */
const long = process.env.HANDGRAD_KILLS !== undefined;

let built: Built;
const work = mkdtempSync(join(tmpdir(), "sweep-"));

beforeAll(() => {
  built = build();
  writeIdxFolder(join(work, "data"));
}, 120_000);
afterAll(() => {
  built.remove();
  rmSync(work, { recursive: true });
});

const env = { ...process.env, INIT_CWD: work };
const job = ["--data", "data", "--hidden", "8", "--batch-size", "50", "--epochs", "1"];
const start = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [join(built.folder, "cli.js"), "sweep", ...job, ...args], { cwd: work, env });

function run(args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = start(args);
  const texts = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (part) => (texts.stdout += part));
  child.stderr?.setEncoding("utf8").on("data", (part) => (texts.stderr += part));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...texts })));
}

const grid = ["--lr", "0.1", "--seeds", "2", "--out", "grid"];
const names = [1, 2].map((seed) => `lr-0.1_decay-0.9_seed-${seed}`);

describe("a sweep", () => {
  it("trains the grid, shows progress, and writes the table and the chart", async () => {
    const { code, stdout, stderr } = await run(grid);
    expect(code).toBe(0);
    const lines = stderr.trimEnd().split("\n");
    expect(lines.map((line) => line.slice(0, line.indexOf(" ")))).toEqual(["1/2", "2/2"]);
    for (const name of names) {
      expect(stderr).toMatch(new RegExp(` ${name}: accuracy [\\d.]+ %, [\\d.]+ % without batch norm\n`));
      expect(existsSync(join(work, "grid", name, "report.html"))).toBe(true);
    }
    expect(stdout).toMatch(
      /^On test digits at the end: mean ± standard deviation over the seeds\.\nlr +decay +seeds/,
    );
    const { groups } = JSON.parse(readFileSync(join(work, "grid", "sweep.json"), "utf8"));
    const ends = [1, 2].map((seed) => {
      const path = join(work, "grid", `lr-0.1_decay-0.9_seed-${seed}`, "report.json");
      return JSON.parse(readFileSync(path, "utf8")).runs[1].curves.testLoss.at(-1)[1];
    });
    const [a, b] = ends;
    expect(groups[0]).toMatchObject({ lr: "0.1", decay: "0.9", seeds: [1, 2] });
    expect(groups[0].testLoss.withBatchNorm.mean).toBeCloseTo((a + b) / 2, 12);
    expect(groups[0].testLoss.withBatchNorm.deviation).toBeCloseTo(Math.abs(a - b) / Math.SQRT2, 12);
    expect(groups[0].curve.at(-1)).toMatchObject({ step: 4, range: [Math.min(a, b), Math.max(a, b)] });
    expect(readFileSync(join(work, "grid", "sweep.html"), "utf8")).toMatch(/^<!doctype html>.*<\/html>\n$/s);
  });

  it("trains what is missing when it is started again, and nothing else", async () => {
    const path = (name: string) => join(work, "grid", name, "report.json");
    const before = names.map((name) => readFileSync(path(name), "utf8"));
    const table = (await run([...grid, "--collect"])).stdout;
    writeFileSync(path(names[1]), before[1].slice(0, 100));
    const half = await run([...grid, "--collect"]);
    expect(half.code).toBe(0);
    expect(half.stderr).toBe(`mnist-train: 1 of 2 jobs are not over: ${names[1]}\n`);
    const { code, stdout, stderr } = await run(grid);
    expect(code).toBe(0);
    expect(stderr).toMatch(new RegExp(`^1 of 2 jobs are over already\n2/2 ${names[1]}: [^\n]*\n$`));
    expect(stdout).toBe(table);
    expect(names.filter((name) => name !== names[1]).map((name) => readFileSync(path(name), "utf8"))).toEqual(
      before.filter((_, i) => i !== 1),
    );
  });

  it.runIf(long)("ends on SIGINT, its jobs too, and goes on", async () => {
    const child = start(["--epochs", "100000", "--seeds", "2", "--out", "long", "--jobs", "2"]);
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (part) => (said += part));
    const running = () => existsSync(join(work, "long", "lr-0.1_decay-0.9_seed-2", "metrics.jsonl"));
    while (!running()) await new Promise((resolve) => setTimeout(resolve, 50));
    child.kill("SIGINT");
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(130);
    expect(said).toBe("mnist-train: interrupted; the same command goes on\n");
    expect(readdirSync(join(work, "long", "lr-0.1_decay-0.9_seed-2"))).toContain("metrics.jsonl");
  });

  it("that is killed takes its jobs along, and the same command goes on", async () => {
    const args = ["--epochs", "400", "--seeds", "2", "--out", "killed", "--jobs", "2"];
    const metrics = [1, 2].map((seed) =>
      join(work, "killed", `lr-0.1_decay-0.9_seed-${seed}`, "metrics.jsonl"),
    );
    const sizes = () => metrics.map((path) => (existsSync(path) ? statSync(path).size : 0));
    const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const child = start(args);
    while (Math.min(...sizes()) === 0) await wait(20);
    child.kill("SIGKILL");
    await wait(500);
    const left = sizes();
    await wait(300);
    expect(sizes()).toEqual(left);
    expect(metrics.some((path) => existsSync(path.replace("metrics.jsonl", "report.json")))).toBe(false);
    if (!long) return;
    const again = start(args);
    const over = new Promise((resolve) => again.on("close", resolve));
    while (sizes().some((size, i) => size <= left[i])) await wait(20);
    again.kill("SIGINT");
    expect(await over).toBe(130);
  });

  it("collects where reports are foreign or odd: those are not over", async () => {
    const report = join(work, "grid", names[1], "report.json");
    const whole = readFileSync(report, "utf8");
    const without = JSON.parse(whole);
    without.runs[1].curves = {};
    for (const text of ["null", JSON.stringify(without), ...(long ? ["[]", "7", '{"verdict":{}}'] : [])]) {
      writeFileSync(report, text);
      const { code, stderr } = await run([...grid, "--collect"]);
      expect({ code, stderr }, text).toEqual({
        code: 0,
        stderr: `mnist-train: 1 of 2 jobs are not over: ${names[1]}\n`,
      });
    }
    writeFileSync(report, whole);
  });

  it.runIf(long)("trains the others where a job fails, and names the first that did", async () => {
    const args = ["--lr", "0.1,0.2", "--seeds", "1", "--out", "grid", "--quiet", "--batch-size", "40"];
    const { code, stdout, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stdout).toMatch(/\n0\.2 +0\.9 +1 +[01]\/1 /);
    expect(stderr).toMatch(
      /^mnist-train: sweep: 1 of 2 jobs failed, the first lr-0\.1_decay-0\.9_seed-1: [^\n]* its batchSize is 50, here it is 40\n$/,
    );
    expect(existsSync(join(work, "grid", "lr-0.2_decay-0.9_seed-1", "report.json"))).toBe(true);
  });
});

describe("--print-commands prints a line for each job, which does it", () => {
  const curves = (out: string) =>
    JSON.parse(readFileSync(join(work, out, "lr-0.1_decay-0.9_seed-1", "report.json"), "utf8")).runs.map(
      (saved: { curves: unknown }) => saved.curves,
    );
  const print = async (out: string) => {
    const { stdout } = await run(["--out", out, "--seeds", "1", "--print-commands"]);
    expect(stdout.split("\n")).toHaveLength(2);
    return stdout;
  };

  it.runIf(long)("in a shell; run again, it changes nothing", async () => {
    const stdout = await print("it's here");
    for (let time = 0; time < 2; time++) {
      execFileSync("sh", ["-c", stdout], { cwd: work, env });
      expect(curves("it's here")).toEqual(curves("grid"));
    }
  });

  const parallel = "/usr/bin/parallel";
  it("by GNU parallel", async (context) => {
    if (!existsSync(parallel)) return context.skip(`no GNU parallel at ${parallel}`);
    // From another folder, as on another machine.
    execFileSync(parallel, ["--jobs", "2"], { cwd: "/", input: await print("parallel") });
    expect(curves("parallel")).toEqual(curves("grid"));
    const collected = await run(["--seeds", "1", "--out", "parallel", "--collect"]);
    expect(collected.stdout).toMatch(/\n0\.1 +0\.9 +1 +[01]\/1 /);
  });
});

describe("bad input: one line", () => {
  it.each([
    [["--lr", "0.1,x"], '--lr must be a positive number, got "x"'],
    [["--decay", "1"], '--decay must be a number in [0, 1) or "cumulative", got "1"'],
    [["--seeds", "0"], '--seeds must be an integer from 1 to 1000, got "0"'],
    [["--jobs", "many"], '--jobs must be an integer from 1 to 1024, got "many"'],
    [["--seed", "3"], "sweep: --seed is for a single job (sweep --help)"],
    [["--save", "net.safetensors"], "sweep: --save is for a single job (sweep --help)"],
    [["--data", ""], '--data must be the path of a folder, got ""'],
    [
      ["--out", "/a\nb", "--print-commands"],
      'sweep --print-commands: each is one line, got a line break in "/a b/lr-0.1_decay-0.9_seed-1"',
    ],
    [["--colour"], "unknown option '--colour'"],
    [["stray"], 'expected options alone, got "stray" (--help lists them)'],
    [["--collect", "--print-commands"], "option '--print-commands' cannot be used with option '--collect'"],
  ])("%j", (args, message) => {
    expect(() => parseSweepOptions(args)).toThrow(new BadInput(message));
  });

  it("where nothing is over: exit code 2", async () => {
    const { code, stdout, stderr } = await run(["--out", "nothing", "--collect"]);
    const message = `sweep --collect: no job in ${join(work, "nothing")} is over`;
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: `mnist-train: ${message}\n` });
    expect(existsSync(join(work, "nothing"))).toBe(false);
  });
});
