import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

/** The built app in `cwd`, away from any terminal. */
function runIn(cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/cli.js", ...args], {
    cwd,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}
const app = (...args: string[]) => runIn(folder, ...args);

beforeAll(() => {
  const tsup = fileURLToPath(new URL("../../../node_modules/tsup/dist/cli-default.js", import.meta.url));
  execFileSync(process.execPath, [tsup, "--config", "../../tsup.config.ts"], { cwd: folder });
}, 120_000);

describe("the built app", () => {
  it("compares both modes, says nothing else, and ends with 0", () => {
    const { status, stdout, stderr } = app();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^One neuron's batch norm/);
    expect(stdout).toContain("\nTraining: mean and variance are the batch's (float64)\n");
    expect(stdout).toContain("\nTesting: mean and variance are constants, 0 and 1 (float32)\n");
    expect(stdout).toContain("\nAs it must be: ");
    expect(stdout).not.toContain("\u001b");
  });

  it("--json prints the same as one JSON value", () => {
    const { status, stdout, stderr } = app("--json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const report = JSON.parse(stdout);
    expect(report.asExpected).toBe(true);
    expect(report.sections).toHaveLength(4);
    expect(report.sections[2].comparisons[1].answers.staged.dx[0]).toBeCloseTo(0.263, 3);
    expect(report.sections[2].comparisons[1].answers.handgrad.dx[0]).toBeCloseTo(0.64, 3);
  });

  it("--stages prints the derivation, also as JSON", () => {
    expect(app("--stages", "4").stdout).toMatch(/^The staged derivation in training, N 4/);
    const stages = JSON.parse(app("--stages", "4", "--json").stdout);
    expect(stages.at(-1)).toMatchObject({ name: "dx", value: { shape: [4, 1], dtype: "float64" } });
  });

  it("ends with 1 where TensorFlow has other gradients", () => {
    const fixture = "packages/layers/fixtures/tensorflow-one-neuron.json";
    const recorded = JSON.parse(readFileSync(join(folder, "../..", fixture), "utf8"));
    for (const one of recorded.cases) if (one.n === 4 && one.mode === "test") one.dx[3] += 1e-3;

    const workspace = mkdtempSync(join(tmpdir(), "tensorflow-parity-"));
    try {
      const copy = join(workspace, "apps/tensorflow-parity");
      mkdirSync(copy, { recursive: true });
      cpSync(join(folder, "dist"), join(copy, "dist"), { recursive: true });
      symlinkSync(join(folder, "node_modules"), join(copy, "node_modules"), "junction");
      mkdirSync(join(workspace, "packages/layers/fixtures"), { recursive: true });
      writeFileSync(join(workspace, fixture), JSON.stringify(recorded));
      const { status, stdout } = runIn(copy);
      expect(stdout).toContain(" ≠ !");
      expect(stdout).toContain("\nNot as it must be: ");
      expect(status).toBe(1);
    } finally {
      rmSync(workspace, { recursive: true, force: true });
    }
  });

  it("bad options: one line, 2", () => {
    expect(app("--stages", "5")).toEqual({
      status: 2,
      stdout: "",
      stderr: "tensorflow-parity: option '--stages <rows>' must be one of 1, 2, 4, 32, got '5'\n",
    });
  });
});
