/**
 * Flips one sign in one function of the module at a time and runs the tests of tensor, layers and training on the
 * module that comes of it: each must turn some of them red. `pnpm --filter @handgrad/tensor mutate-kernels`.
 */
import { fileURLToPath } from "node:url";
import { startVitest } from "vitest/node";
import { compile, embed } from "./compile.mjs";

/** In which file and function, what, and what instead. */
const mutants = [
  ["matmul.ts", "multiplyTile", "v128.add<T>(s31, ", "v128.sub<T>(s31, "],
  ["matmul.ts", "multiplyList", "v128.add<T>(s7, ", "v128.sub<T>(s7, "],
  ["elementwise.ts", "relu", "v128.le<T>(value, zero)", "v128.ge<T>(value, zero)"],
  ["elementwise.ts", "reluBackward", "v128.gt<T>(value, zero)", "v128.lt<T>(value, zero)"],
  ["columns.ts", "addRows", "f64x2.add(", "f64x2.sub("],
  ["columns.ts", "addCentredRows", "f64x2.add(v128.load(squares", "f64x2.sub(v128.load(squares"],
  ["columns.ts", "normalize", "f64x2.add(scaled", "f64x2.sub(scaled"],
  ["columns.ts", "normalizeSums", "f64x2.add(v128.load(sumDyXhat", "f64x2.sub(v128.load(sumDyXhat"],
  ["columns.ts", "normalizeTrainBackward", "f64x2.sub(centred", "f64x2.add(centred"],
  ["sgd.ts", "sgd", "f64x2.sub(", "f64x2.add("],
  ["sgd.ts", "sgdMomentum", "f64x2.add(past", "f64x2.sub(past"],
];

/** `source` with `from` replaced by `to` in the function `name`. */
function mutate(source, name, from, to) {
  const start = source.indexOf(`function ${name}<`);
  const end = source.indexOf("\n}\n", start);
  const body = source.slice(start, end);
  if (start < 0 || !body.includes(from)) throw new Error(`${name} has no ${from}: write the mutant anew`);
  return source.slice(0, start) + body.replace(from, to) + source.slice(end);
}

/** Names of the test files that fail when the tests run on the module `bytes`, by package. */
async function failures(bytes) {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  process.chdir(root);
  const replaceBinary = {
    name: "replace-binary",
    enforce: "pre",
    load: (id) => (id.endsWith("/engines/wasm/binary.ts") ? embed(bytes) : undefined),
  };
  const vitest = await startVitest(
    "test",
    [],
    {
      root,
      watch: false,
      project: ["tensor", "layers", "training"],
      // Its bytes are not those of the sources: that alone would turn this test red.
      exclude: ["**/binary.test.ts"],
      reporters: [{}],
    },
    { plugins: [replaceBinary] },
  );
  const failed = {};
  for (const file of vitest.state.getTestModules()) {
    if (file.ok()) continue;
    failed[file.project.name] ??= [];
    failed[file.project.name].push(file.moduleId.replace(/.*\/src\//, ""));
  }
  await vitest.close();
  process.exitCode = 0;
  return failed;
}

let survivors = 0;
const baseline = Object.entries(await failures(await compile()));
if (baseline.length > 0) throw new Error(`red without a mutant: ${JSON.stringify(baseline)}`);
for (const [file, name, from, to] of mutants) {
  const bytes = await compile((source, at) => (at === file ? mutate(source, name, from, to) : source));
  const failed = Object.entries(await failures(bytes));
  if (failed.length === 0) survivors++;
  const red = failed.map(([project, files]) => `${project}: ${files.join(", ")}`).join("; ");
  console.log(`${name.padEnd(24)}${red || "SURVIVED"}`);
}
process.exitCode = survivors > 0 ? 1 : 0;
