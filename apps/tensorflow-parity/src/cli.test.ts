import { execFileSync, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));

/** The built app, away from any terminal. */
function app(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["dist/cli.js", ...args], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

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

  it("bad options: one line, 2", () => {
    expect(app("--stages", "5")).toEqual({
      status: 2,
      stdout: "",
      stderr: "tensorflow-parity: option '--stages <rows>' must be one of 1, 2, 4, 32, got '5'\n",
    });
  });
});
