import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pnpm, root, run, tsc } from "./workspace.js";

/** The packages as a stranger gets them: packed, installed by npm in a folder that knows nothing of the workspace. */
const folder = mkdtempSync(join(tmpdir(), "handgrad-packed-"));
const packed = ["tensor", "layers", "training", "gradcheck", "bn-doctor"];

beforeAll(() => {
  pnpm(["run", "build", "--filter=./packages/*"], root);
  const filters = packed.flatMap((name) => ["--filter", `@handgrad/${name}`]);
  pnpm(["-r", ...filters, "pack", "--pack-destination", folder], root);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "stranger", private: true }));
  const tarballs = readdirSync(folder).filter((file) => file.endsWith(".tgz"));
  expect(tarballs).toHaveLength(packed.length);
  run(
    "npm",
    ["install", "--offline", "--no-audit", "--no-fund", ...tarballs.map((file) => `./${file}`)],
    folder,
  );
}, 180_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const body = `
const model = new Sequential(new Dense(2, 3), new BatchNorm(3), new ReLU(), new Dense(3, 2));
const y = model.forward(tensor([[1, 2], [3, 4]]), "train");
const { loss, gradient } = softmaxCrossEntropy(y, [0, 1]);
model.backward(gradient);
new SGD(model.parameters(), { learningRate: 0.1 }).step();
console.log(y.shape.join("x"), Number.isFinite(loss), typeof checkGradients, typeof judge);
`;
const names = {
  "@handgrad/tensor": "tensor",
  "@handgrad/layers": "BatchNorm, Dense, ReLU, Sequential, softmaxCrossEntropy",
  "@handgrad/training": "SGD",
  "@handgrad/gradcheck": "checkGradients",
  "@handgrad/bn-doctor": "judge",
};
const imports = Object.entries(names)
  .map(([from, what]) => `import { ${what} } from "${from}";`)
  .join("\n");
const requires = Object.entries(names)
  .map(([from, what]) => `const { ${what} } = require("${from}");`)
  .join("\n");

describe("packed and installed outside the workspace", () => {
  it("imports as ESM", () => {
    writeFileSync(join(folder, "esm.mjs"), imports + body);
    expect(run(process.execPath, ["esm.mjs"], folder)).toBe("2x2 true function function\n");
  });

  it("imports as CommonJS", () => {
    writeFileSync(join(folder, "commonjs.cjs"), requires + body);
    expect(run(process.execPath, ["commonjs.cjs"], folder)).toBe("2x2 true function function\n");
  });

  for (const [module, moduleResolution] of [
    ["node16", "node16"],
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ]) {
    it(`type-checks with moduleResolution ${moduleResolution}, shapes included`, () => {
      const wrong =
        "// @ts-expect-error widths that do not fit\nnew Sequential(new Dense(2, 3), new BatchNorm(4));\n";
      const files = ["types.mts", "types.cts"].map((file) => join(folder, file));
      for (const file of files)
        writeFileSync(
          file,
          `${imports}\ndeclare const console: { log(...args: unknown[]): void };\n${body}${wrong}`,
        );
      const options = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2022"];
      tsc([...options, "--module", module, "--moduleResolution", moduleResolution, ...files], folder);
    });
  }

  it("ships code, types, maps, readme and licence, and no test", () => {
    for (const name of packed) {
      const shipped = readdirSync(join(folder, "node_modules/@handgrad", name), {
        recursive: true,
        encoding: "utf8",
      });
      expect(shipped).toEqual(
        expect.arrayContaining([
          "package.json",
          "README.md",
          "LICENSE",
          "dist/index.js",
          "dist/index.cjs",
          "dist/index.d.ts",
          "dist/index.d.cts",
        ]),
      );
      expect(shipped.filter((file) => /\.test|test-|\.bench|fixture/.test(file))).toEqual([]);
    }
  });

  it("runs as a command where it has one, with all that the command needs", () => {
    const faults = JSON.parse(run("npx", ["--offline", "bn-doctor", "faults", "--json"], folder));
    expect(faults.map(({ id }: { id: string }) => id)).toContain("train-formula-in-eval");
    const library = readFileSync(join(folder, "node_modules/@handgrad/bn-doctor/dist/index.js"), "utf8");
    expect(library).not.toMatch(/node:|commander|process\./);
  });

  it("depends on nothing from outside", () => {
    for (const name of ["tensor", "layers", "gradcheck", "bn-doctor"]) {
      const manifest = JSON.parse(
        readFileSync(join(folder, "node_modules/@handgrad", name, "package.json"), "utf8"),
      );
      expect(Object.keys(manifest.dependencies ?? {}).filter((d) => !d.startsWith("@handgrad/"))).toEqual([]);
    }
  });
});
