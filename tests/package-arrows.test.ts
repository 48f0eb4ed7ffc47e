import { readdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { expect, it } from "vitest";
import { projects, root } from "./workspace.js";

/**
 * Who may import whom, development dependencies included: a package imports only packages of rows above its own.
 * Apps, which nobody imports, may import any package.
 */
const arrows: Readonly<Record<string, readonly string[]>> = {
  "@handgrad/gradcheck": [],
  testing: ["@handgrad/gradcheck"],
  "bn-faults": [],
  terminal: [],
  // Its command alone, which reads .npz files and has the reader bundled in, comes after interop.
  "@handgrad/bn-doctor": ["@handgrad/gradcheck", "terminal", "@handgrad/interop"],
  "@handgrad/tensor": ["testing"],
  "@handgrad/layers": ["@handgrad/tensor", "testing", "@handgrad/gradcheck"],
  "@handgrad/training": ["@handgrad/tensor", "@handgrad/layers", "testing"],
  "@handgrad/datasets": ["@handgrad/tensor", "testing"],
  laboratory: [
    "@handgrad/bn-doctor",
    "@handgrad/tensor",
    "@handgrad/layers",
    "@handgrad/training",
    "bn-faults",
    "terminal",
    "testing",
  ],
  "@handgrad/interop": ["@handgrad/tensor", "@handgrad/layers", "testing"],
};
const packages = Object.keys(arrows);

/** Packages that depend on nothing from outside when they run. */
const independent = ["@handgrad/tensor", "@handgrad/layers", "@handgrad/gradcheck", "@handgrad/bn-doctor"];

for (const { folder, name, dependencies = {}, devDependencies = {} } of projects) {
  const isApp = folder.startsWith(`${root}/apps/`);

  it(`${name} depends on workspace packages only along the arrows`, () => {
    const declared = Object.keys({ ...dependencies, ...devDependencies }).filter((d) => packages.includes(d));
    const allowed = isApp ? packages : arrows[name];
    expect(allowed, `${name} is missing from the table of arrows`).toBeDefined();
    expect(declared.filter((dependency) => !allowed.includes(dependency))).toEqual([]);
    if (independent.includes(name)) {
      expect(Object.keys(dependencies).filter((dependency) => !packages.includes(dependency))).toEqual([]);
    }
  });

  it(`${name} declares every package that its sources import, and reaches into no other folder`, () => {
    const own = new Set(Object.keys(dependencies));
    const forTests = new Set([...own, ...Object.keys(devDependencies), "vitest", "fast-check"]);
    const stray = sourcesOf(folder).flatMap((file) => {
      const known = isApp || name === "testing" || isTest(file) || isCommand(file) ? forTests : own;
      return importsOf(file)
        .filter((specifier) =>
          specifier.startsWith(".")
            ? relative(folder, resolve(dirname(file), specifier)).startsWith("..")
            : !specifier.startsWith("node:") && !known.has(packageOf(specifier)),
        )
        .map((specifier) => `${relative(root, file)} imports ${specifier}`);
    });
    expect(stray).toEqual([]);
  });
}

it("the table has no package that does not exist", () => {
  const names = projects.map(({ name }) => name);
  expect(packages.filter((name) => !names.includes(name))).toEqual([]);
});

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !/(^|\/)(node_modules|dist)\//.test(file))
    .map((file) => `${folder}/${file}`);
}

/** Tests, benchmarks, and what only they import: `test-*.ts`, which no package ships. */
const isTest = (file: string): boolean => /\.(test|test-d|bench)\.ts$|\/test-[^/]*\.ts$/.test(file);

/** A package's command, which is shipped with what it needs bundled in. */
const isCommand = (file: string): boolean => /\/src\/cli(\.ts$|\/)/.test(file);

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  return [
    ...text.matchAll(
      /^(?:import|export)\b[^"'`;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"|\bimport\("([^"]+)"\)/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3]);
}

/** `@handgrad/tensor/sub` → `@handgrad/tensor`. */
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
