import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BadInput } from "terminal";
import { afterAll, describe, expect, it } from "vitest";
import { experiment } from "./experiment.js";
import { loadBatchNorm } from "./load-batch-norm.js";
import { defaults } from "./settings.js";
import { fewDigits, smallJob } from "./test-digits.js";

const example = fileURLToPath(new URL("../../examples/my-batch-norm.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "batch-norm-"));
afterAll(() => rmSync(folder, { recursive: true }));

function moduleFile(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** The example, with one line of it changed. */
function spoiled(name: string, from: string, to: string): string {
  const text = readFileSync(example, "utf8");
  expect(text).toContain(from);
  return moduleFile(name, text.replace(from, to));
}

const judged = async (file: string, settings = smallJob) =>
  experiment(fewDigits(), settings, undefined, await loadBatchNorm(file, settings));

describe("the example", () => {
  it.each([
    ["as it is asked for by default", smallJob],
    [
      "with the plain average of unbiased variances",
      { ...smallJob, decay: "cumulative", varianceCorrection: "unbiased" } as const,
    ],
  ])("is healthy without a fault, even a fragile one, %s", async (_, settings) => {
    const { runs, verdict } = await judged(example, settings);
    expect(runs[1].name).toBe("my-batch-norm.js");
    expect(verdict.faults).toEqual([]);
    expect(verdict.checks.filter(({ passed }) => passed === false)).toEqual([]);
    expect(verdict.healthy).toBe(true);
  });

  it("trains as this project's batch norm does", async () => {
    const settings = { ...smallJob, epochs: 1 };
    const [own, its] = [await experiment(fewDigits(), settings), await judged(example, settings)];
    const losses = (result: typeof own) => result.runs[1].curves.trainLoss.map(([, loss]) => loss);
    const [expected, seen] = [losses(own), losses(its)];
    // The same sums in another order, over 16 steps.
    for (const [i, loss] of seen.entries()) expect(loss).toBeCloseTo(expected[i], 4);
  });
});

describe("a module that is wrong in its numbers", () => {
  it.each([
    ["no-update.mjs", "state.popMean[c] = keep", "keep", "stats-never-updated"],
    ["train-formula.mjs", 'return mode === "train"\n', 'return mode !== ""\n', "train-formula-in-eval"],
    [
      "outside.mjs",
      "1 / Math.sqrt(variance + epsilon)",
      "1 / (Math.sqrt(variance) + epsilon)",
      "epsilon-outside-root",
    ],
    ["deaf.mjs", "state[name].set(values)", "state[name]", undefined],
  ])("%s is judged as any other", async (name, from, to, fault) => {
    const { verdict } = await judged(spoiled(name, from, to), { ...smallJob, epochs: 1 });
    expect(verdict.healthy).toBe(false);
    if (fault !== undefined) expect(verdict.faults.map(({ id }) => id)).toContain(fault);
  });

  it("NaN from some step on: `finite` names step and layer", async () => {
    const file = spoiled("nan.mjs", "cache = {", "if (state.batches > 5) xHat.fill(NaN); cache = {");
    const { verdict } = await judged(file, { ...smallJob, epochs: 1 });
    expect(verdict.healthy).toBe(false);
    expect(verdict.checks[0]).toMatchObject({ id: "finite", passed: false });
    expect(verdict.checks[0].meaning).toContain("layer 1 (BatchNorm)");
  });

  it("what throws late stops the training, with the file and the call", async () => {
    const file = spoiled(
      "late.mjs",
      "cache = {",
      'if (state.batches > 5) throw new Error("tired"); cache = {',
    );
    await expect(judged(file)).rejects.toThrow(
      new BadInput(`--batch-norm ${file}: forward(x, 64, "train") threw: tired`),
    );
  });
});

describe("a module that gives no batch norm: one line that names the file", () => {
  const refusal = (file: string) =>
    loadBatchNorm(file, defaults).then(
      () => "loaded",
      (error) => {
        expect(error).toBeInstanceOf(BadInput);
        return error.message.replaceAll(file, "FILE");
      },
    );
  it.each([
    ["throws.mjs", 'throw new Error("no\\nway")', /^--batch-norm FILE cannot be loaded: Error: no way/],
    [
      "one.mjs",
      "export default { features: 3, forward() {} }",
      "exports one batch norm, must export a function that makes one for each width: ({ features }) => …",
    ],
    ["empty.mjs", "", "must export a function as default or createBatchNorm, exports nothing"],
    [
      "other.mjs",
      "export const make = () => 1; export default 7",
      "must export a function as default or createBatchNorm, exports default, make",
    ],
    [
      "class.mjs",
      "export default class Mine {}",
      "exports a class, must export a function: (options) => new Mine(options)",
    ],
    [
      "fails.mjs",
      'export const createBatchNorm = () => { throw new Error("never") }',
      "the factory threw: never",
    ],
    [
      "nothing.mjs",
      "export default () => {}",
      "must make an object with forward, backward, read, write, got undefined",
    ],
  ])("%s", async (name, text, message) => {
    const refused = await refusal(moduleFile(name, text));
    if (typeof message === "string") expect(refused).toBe(`--batch-norm FILE: ${message}`);
    else expect(refused).toMatch(message);
    expect(refused).not.toContain("\n");
  });

  it("a file that is not there", async () => {
    expect(await refusal(join(folder, "none.js"))).toBe("--batch-norm FILE: there is no such file (FILE)");
    expect(await refusal(folder)).toBe("--batch-norm FILE: there is no such file (FILE)");
  });

  it("CommonJS will do, with the factory as module.exports or in it", async () => {
    const text = readFileSync(example, "utf8").replace("export default function", "function");
    for (const [name, end] of [
      ["one.cjs", "module.exports = createBatchNorm;"],
      ["two.cjs", "module.exports = { createBatchNorm };"],
    ]) {
      expect((await loadBatchNorm(moduleFile(name, `${text}\n${end}`), defaults)).name).toBe(name);
    }
  });
});
