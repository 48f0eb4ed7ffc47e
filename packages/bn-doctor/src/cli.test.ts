import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeNpz } from "@handgrad/interop";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { catalogue } from "./catalogue.js";
import type { Diagnosis } from "./diagnosis.js";

/** The command as it is built; the modules that it looks at lie elsewhere. */
const folder = fileURLToPath(new URL("..", import.meta.url));
mkdirSync(join(folder, "node_modules"), { recursive: true });
const built = mkdtempSync(join(folder, "node_modules", ".built-for-test-"));
const work = mkdtempSync(join(tmpdir(), "bn-doctor-"));

const readme = readFileSync(join(folder, "README.md"), "utf8");
const adapter = readme.match(/```js\n(.*?)```/s)?.[1] ?? "";

/** The README's adapter with one piece replaced; the piece must be there. */
function changed(from: string, to: string): string {
  if (!adapter.includes(from)) throw new Error(`the README's adapter has no ${from}`);
  return adapter.replace(from, to);
}

const through = 'mode === "train" ? (dbeta[c] + xHat[i] * dgamma[c]) / rows : 0';
const guard = "Number.isFinite(variance)";

/** With pop_var = 4 and γ = 1, dx in eval is dy/2. */
const EVAL_PASS = { x: [1, -2, 5, 0.5], dy: [1, -2, 3, 4], pop_mean: 0, pop_var: 4 };

const modules: Readonly<Record<string, string>> = {
  "healthy.js": adapter,
  "my-batch-norm.js": adapter,
  "named.mjs": adapter.replace("export default", "export const implementation ="),
  "common.cjs": adapter
    .replace("export const declared =", "exports.declared =")
    .replace("export default", "exports.implementation ="),
  "whole.cjs": adapter.replace(/export const declared.*\n/, "").replace("export default", "module.exports ="),
  "fault.js": changed(through, "(dbeta[c] + xHat[i] * dgamma[c]) / rows"),
  "fragile.js": changed(guard, "true"),
  "unknown.js": changed("last.r[c] = 1 /", "last.r[c] = 1.1 /"),
  "talks.js": changed("function forward", 'console.log("loading");\nfunction forward').replace(
    "const y =",
    'console.log("in forward");\n  const y =',
  ),
  "lives on.js": `${adapter}\nsetInterval(() => {}, 1000);\n`,
  "not-a-number.js": changed("return y;", "return y.fill(NaN);"),
  "throws.js": 'const one = 1;\nthrow new TypeError("no such\\n thing");\n',
  "rejects.js": `${adapter}\nawait Promise.reject("no");\n`,
  "fails-later.js": `${adapter}\nPromise.reject(new Error("later"));\nawait new Promise((r) => setTimeout(r, 50));\n`,
  "exits.js": "process.exit(0);\n",
  "waits.js": `${adapter}\nawait new Promise(() => {});\n`,
  "syntax.js": "export default {\n  forward() {\n};\n",
  "imports.js": 'import "nothing-of-that-name";\n',
  "empty.js": "export const declared = {};\n",
  "class.js": "export default class BatchNorm {}\n",
  "text.txt": "a text",
  "data.json": "{}",
  "throwing.js": changed("return { dx,", 'throw new Error("not\\nready");\n  return { dx,'),
  "short.js": changed("new Float64Array(x.length);\n  last", "new Float64Array(x.length - 1);\n  last"),
  "promises.js": changed("function forward", "async function forward"),
  "no-read.js": changed("backward, read, write", "backward, write"),
  "layer.js":
    "export default { inWidth: 3, dtype: 'float32', params: {}, state: {}, forward() {}, backward() {} };",
  "no-features.js": changed("{ features,", "{ features: 0,"),
  "declared-decay.js": changed("epsilon, decay, runningVariance", "epsilon, decay: 1.5, runningVariance"),
  "declared-name.js": changed('runningVariance: "biased"', 'runningVarianc: "biased"'),
  "declared-momentum.js": changed('runningVariance: "biased"', "momentum: 0.1"),
  "right.json": JSON.stringify({ mode: "eval", epsilon: 0, ...EVAL_PASS, dx: [0.5, -1, 1.5, 2] }),
  "faulty.json": JSON.stringify({ mode: "eval", epsilon: 0, ...EVAL_PASS, gamma: 3, dx: [0.5, -1, 1.5, 2] }),
  "open.json": JSON.stringify({
    epsilon: 1e-5,
    x: [1, 2, 4, 8],
    dy: [1, -2, 3, 4],
    dbeta: 6,
    dx: [0.1, 7, -3, 2],
  }),
  "nan.json": '{ "x": [1, NaN], "y": [0, 0] }',
  "no-json.json": "{ x: 1 }",
  "list.json": "[1, 2]",
  "declared-null.js": changed('{ epsilon, decay, runningVariance: "biased" }', "null"),
};

beforeAll(() => {
  const tsup = join(
    dirname(createRequire(import.meta.url).resolve("tsup/package.json")),
    "dist/cli-default.js",
  );
  execFileSync(process.execPath, [tsup, "--config", "../../tsup.config.ts", "--no-dts", "--out-dir", built], {
    cwd: folder,
  });
  for (const [name, code] of Object.entries(modules)) writeFileSync(join(work, name), code);
}, 120_000);

afterAll(() => {
  rmSync(built, { recursive: true });
  rmSync(work, { recursive: true });
});

function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { FORCE_COLOR: _, NO_COLOR: __, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(built, "cli.js"), ...args], {
    cwd: work,
    encoding: "utf8",
    env: { ...inherited, ...env },
    timeout: 30_000,
  });
  return { code: status, stdout, stderr };
}
const diagnosisOf = (...args: string[]): Diagnosis => JSON.parse(run(["check", ...args, "--json"]).stdout);
const widest = (text: string) =>
  Math.max(...text.split("\n").map((line) => line.replaceAll(/\p{Mark}/gu, "").length));

describe("the README's adapter", () => {
  const [healthy, faulty] = [...readme.matchAll(/```\n((?:Healthy|1 fault).*?)```/gs)].map(
    (match) => match[1],
  );

  it("is healthy, and prints what the README shows", () => {
    expect(run(["check", "./my-batch-norm.js"])).toEqual({ code: 0, stdout: healthy, stderr: "" });
  });

  it("with the README's mistake prints what the README shows", () => {
    const { code, stdout, stderr } = run(["check", "./fault.js"]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(`${stdout.slice(0, stdout.indexOf("\n\nConvention"))}\n…\n`).toBe(faulty);
  });

  it.each(["named.mjs", "common.cjs", "whole.cjs"])("may be exported as in %s", (file) => {
    const { healthy, convention } = diagnosisOf(file);
    expect({ healthy, decay: convention.decay }).toEqual({ healthy: true, decay: 0.9 });
  });

  it("may be given by its whole path", () => {
    expect(run(["check", join(work, "lives on.js")]).code).toBe(0);
  });
});

describe("check", () => {
  it("prints text within 80 columns, without colour where nobody sees it", () => {
    for (const file of ["healthy.js", "fault.js", "fragile.js", "unknown.js"]) {
      const { stdout } = run(["check", file]);
      expect(widest(stdout)).toBeLessThanOrEqual(80);
      expect(stdout).not.toContain("\x1b");
    }
  });

  it("tells of fragile faults, which count with --strict", () => {
    const { code, stdout } = run(["check", "fragile.js"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^Healthy, but fragile in 1 way\.\n\nFragile, .*\n\n! stats-poisoned-by-nan {2}fragile\n/,
    );
    const strict = run(["check", "--strict", "fragile.js"]);
    expect(strict.code).toBe(1);
    expect(strict.stdout).toMatch(/^1 fault found\.\n\n! stats-poisoned-by-nan {2}fragile\n/);
    expect(diagnosisOf("fragile.js").healthy).toBe(true);
    expect(diagnosisOf("fragile.js", "--strict").healthy).toBe(false);
  });

  it("tells of what has no name", () => {
    const { code, stdout } = run(["check", "unknown.js"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^2 checks failed\.\n\nFailed checks that no known fault explains:\n\n✗ train-forward /,
    );
  });

  it("--json prints the diagnosis and nothing else, whatever the module prints", () => {
    const { code, stdout, stderr } = run(["check", "talks.js", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(diagnosisOf("healthy.js"));
    expect(stderr).toMatch(/^loading\nin forward\n/);
    expect(Object.keys(JSON.parse(stdout))).toEqual(
      expect.arrayContaining(["healthy", "faults", "unexplained", "checks", "convention"]),
    );
  });

  it("--json keeps NaN, as text", () => {
    const { faults } = diagnosisOf("fragile.js");
    expect(faults.find(({ id }) => id === "stats-poisoned-by-nan")?.evidence?.seen).toBe("NaN");
  });

  it("of an output that is NaN is not healthy", () => {
    expect(run(["check", "not-a-number.js"])).toMatchObject({ code: 1, stderr: "" });
  });
});

describe("exit code 2: one line on standard error, nothing on standard output", () => {
  const parts = "an object with features, precision, forward, read and write";
  it.each<[args: string[], message: string | RegExp]>([
    [[], "expected a command: check, explain, faults (--help tells more)"],
    [["chek", "a.js"], 'no command is called "chek" (did you mean check?)'],
    [["examine"], 'no command is called "examine" (there are check, explain, faults)'],
    [["check"], "missing required argument 'file'"],
    [["check", "healthy.js", "--jsn"], "unknown option '--jsn' (Did you mean --json?)"],
    [["check", "healthy.js", "fault.js"], "too many arguments for 'check'. Expected 1 argument but got 2."],
    [
      ["faults", "train-formula-in-evl"],
      'no fault is called "train-formula-in-evl" (did you mean train-formula-in-eval?)',
    ],
    [["faults", "toString"], 'no fault is called "toString" (`bn-doctor faults` lists them)'],
    [["check", "helthy.js"], "there is no file helthy.js (did you mean healthy.js?)"],
    [["check", "nowhere/a.js"], "there is no file nowhere/a.js"],
    [["check", "."], ". must be a file"],
    [["check", "text.txt"], "text.txt must be a JavaScript module"],
    [["check", "data.json"], "data.json must be a JavaScript module"],
    [["check", "throws.js"], "throws.js cannot be loaded: TypeError: no such thing (line 2)"],
    [["check", "rejects.js"], "rejects.js cannot be loaded: no"],
    [["check", "syntax.js"], /^syntax\.js cannot be loaded: SyntaxError: /],
    [
      ["check", "imports.js"],
      /^imports\.js cannot be loaded: Error.*: Cannot find package 'nothing-of-that-name'/,
    ],
    [["check", "fails-later.js"], "fails-later.js failed: Error: later"],
    [["check", "exits.js"], "exits.js ended the process, or waits for what never comes"],
    [
      ["check", "empty.js"],
      'empty.js: a batch norm must be the default export, or the export "implementation"; it exports declared',
    ],
    [
      ["check", "class.js"],
      `class.js: implementation must be ${parts}, got a function or class: export what it makes`,
    ],
    [
      ["check", "layer.js"],
      "layer.js: implementation.params.gamma.value.data must be an array of 3 numbers, got undefined",
    ],
    [["check", "no-read.js"], "no-read.js: implementation.read must be a function, got undefined"],
    [
      ["check", "no-features.js"],
      "no-features.js: implementation.features must be a positive integer, got 0",
    ],
    [["check", "throwing.js"], "throwing.js: backward(dy, 2) threw: not ready"],
    [["check", "short.js"], /^short\.js: forward\(x, \d+, "\w+"\) gave \d+ numbers instead of \d+$/],
    [["check", "promises.js"], /^promises\.js: forward\(x, \d+, "\w+"\) gave no numbers instead of \d+$/],
    [
      ["check", "declared-decay.js"],
      'declared-decay.js: declared.decay must be in [0, 1) or "cumulative", got 1.5',
    ],
    [
      ["check", "declared-name.js"],
      "declared-name.js: declared has no runningVarianc (did you mean runningVariance?)",
    ],
    [
      ["check", "declared-momentum.js"],
      "declared-momentum.js: declared has no momentum (it may have epsilon, decay, runningVariance)",
    ],
    [
      ["check", "declared-null.js"],
      "declared-null.js: declared must be { epsilon, decay, runningVariance }, got null",
    ],
  ])("%j", (args, message) => {
    for (const json of [[], ["--json"]]) {
      if (args.length === 0 && json.length > 0) continue;
      const { code, stdout, stderr } = run([...args, ...json]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^bn-doctor: [^\n]*\n$/);
      const said = stderr.slice("bn-doctor: ".length, -1);
      if (typeof message === "string") expect(said).toBe(message);
      else expect(said).toMatch(message);
    }
  });

  it("a module that waits for what never comes", () => {
    const { code, stdout, stderr } = run(["check", "waits.js"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("bn-doctor: waits.js ended the process, or waits for what never comes\n");
  });

  it("TypeScript on a Node that does not strip types", () => {
    writeFileSync(join(work, "typed.ts"), adapter.replace("mode)", 'mode: "train" | "eval")'));
    const { code, stderr } = run(["check", "typed.ts"]);
    if ("typescript" in process.features && process.features.typescript)
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    else {
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `bn-doctor: typed.ts: TypeScript needs Node 22.18 or newer, this is ${process.version}; or compile it to JavaScript\n`,
      });
    }
  });
});

describe("faults", () => {
  it("lists every fault once, with its grade, within 80 columns", () => {
    const { code, stdout, stderr } = run(["faults"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(widest(stdout)).toBeLessThanOrEqual(80);
    const [table] = stdout.split("\n\n");
    const rows = [...table.matchAll(/^(\S+) +(wrong|fragile|convention) /gm)];
    expect(rows.map(([, id]) => id)).toEqual(Object.keys(catalogue));
    expect(rows.map(([, , grade]) => grade)).toEqual(Object.values(catalogue).map(({ grade }) => grade));
  });

  it("tells all of one", () => {
    const { code, stdout } = run(["faults", "missing-root"]);
    expect(code).toBe(0);
    const { summary, symptom, repair } = catalogue["missing-root"];
    expect(stdout.replaceAll(/\s+/g, " ")).toBe(
      `missing-root wrong: never healthy ${summary} Symptom ${symptom} Repair ${repair} `,
    );
  });

  it("--json prints the catalogue, or one entry of it", () => {
    const all = Object.entries(catalogue).map(([id, entry]) => ({ id, ...entry }));
    expect(JSON.parse(run(["faults", "--json"]).stdout)).toEqual(all);
    expect(JSON.parse(run(["faults", "--json", all[3].id]).stdout)).toEqual(all[3]);
  });
});

it.each([["--help"], ["-h"], ["help"], ["check", "--help"], ["faults", "-h"], ["help", "check"]])(
  "%s %s shows how it is used",
  (...args) => {
    const { code, stdout, stderr } = run(args.filter((arg) => arg !== undefined));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: bn-doctor .*\n\n/);
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  },
);

describe.runIf(existsSync("/usr/bin/script"))("on a terminal", () => {
  const onTerminal = (env: NodeJS.ProcessEnv) => {
    const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
    const command = `${process.execPath} ${join(built, "cli.js")} check fault.js`;
    return spawnSync("/usr/bin/script", ["-qec", command, "/dev/null"], {
      cwd: work,
      encoding: "utf8",
      env: { ...inherited, TERM: "xterm", ...env },
    }).stdout;
  };

  it("has colour", () => {
    expect(onTerminal({})).toContain("\x1b[31m1 fault found.");
  });

  it("has none with NO_COLOR", () => {
    const text = onTerminal({ NO_COLOR: "1" });
    expect(text).toContain("1 fault found.");
    expect(text).not.toContain("\x1b");
  });
});

describe.runIf(existsSync("/bin/sh"))("a world that does not wait", () => {
  const shell = (command: string) =>
    spawnSync("/bin/sh", ["-c", command, process.execPath, join(built, "cli.js")], {
      cwd: work,
      encoding: "utf8",
    });

  it("bears that nobody reads on", () => {
    const { stdout, stderr } = shell('{ "$0" "$1" faults; echo "code $?" >&2; } | head -1');
    expect(stdout.split("\n")).toHaveLength(2);
    expect(stderr).toBe("code 0\n");
  });

  it.runIf(existsSync("/dev/full"))("says that standard output cannot be written", () => {
    const { status, stderr } = shell('"$0" "$1" faults > /dev/full');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: "bn-doctor: cannot write to standard output (ENOSPC)\n",
    });
  });
});

describe("explain", () => {
  it("exits 0 where nothing is wrong, 1 with a fault, 3 where the numbers cannot decide", () => {
    const right = run(["explain", "right.json"]);
    expect([right.code, right.stderr]).toEqual([0, ""]);
    expect(right.stdout).toContain("nothing is wrong with these numbers");

    const faulty = run(["explain", "faulty.json"]);
    expect(faulty.code).toBe(1);
    expect(faulty.stdout).toContain("gamma-missing-in-dx");

    const open = run(["explain", "open.json"]);
    expect(open.code).toBe(3);
    expect(open.stdout).toContain("pop_mean and pop_var would tell more");
  });

  it("keeps lines within the terminal, and prints JSON alone with --json", () => {
    expect(widest(run(["explain", "right.json"], { COLUMNS: "60" }).stdout)).toBeLessThanOrEqual(80);
    const { stdout, stderr } = run(["explain", "right.json", "--json"]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ healthy: true, nearest: null });
  });

  it("reads what numpy.savez writes as it reads JSON", () => {
    for (const name of ["right", "faulty"]) {
      writeFileSync(join(work, `${name}.npz`), npzOf(JSON.parse(modules[`${name}.json`])));
      expect(run(["explain", `${name}.npz`])).toEqual(run(["explain", `${name}.json`]));
    }
  });

  it("names an .npz file that is damaged, and one whose arrays are no record", () => {
    const file = npzOf({ x: [1, 2, 3] });
    writeFileSync(join(work, "cut.npz"), file.subarray(0, 100));
    expect(run(["explain", "cut.npz"]).stderr).toBe(
      "bn-doctor: cut.npz: the file must be a zip archive, whose end is missing (byte 100)\n",
    );
    writeFileSync(join(work, "empty.npz"), npzOf({ x: [] }));
    expect(run(["explain", "empty.npz"]).stderr).toBe(
      "bn-doctor: empty.npz: x must be an array of rows, or of one number for each row, got an empty array\n",
    );
  });

  it.each([
    ["nan.json", 'x[1] must be a finite number, got "NaN"'],
    ["list.json", "a record must be an object with x and what the pass gave, got an array"],
    ["nowhere.json", "there is no such file"],
    [".", "cannot be read (EISDIR)"],
  ])("%s is bad input", (file, message) => {
    expect(run(["explain", file])).toEqual({
      code: 2,
      stdout: "",
      stderr: `bn-doctor: ${file}: ${message}\n`,
    });
  });

  it("names a file that is no JSON", () => {
    const { code, stderr } = run(["explain", "no-json.json"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^bn-doctor: no-json\.json: is no JSON \(.+\)\n$/);
  });
});

/** A record of numbers, arrays of numbers and texts. */
function npzOf(record: Readonly<Record<string, number | readonly number[] | string>>): Uint8Array {
  const entries = Object.entries(record);
  const metadata = entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []));
  const tensors = entries.flatMap(([name, value]) => {
    if (typeof value === "string") return [];
    const data = Float64Array.from([value].flat());
    return [[name, { data, dtype: "float64", shape: typeof value === "number" ? [] : [data.length] }]];
  });
  return writeNpz(Object.fromEntries(tensors), { metadata: Object.fromEntries(metadata) });
}
