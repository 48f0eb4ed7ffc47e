/**
 * Flips one sign in one function of the module at a time and runs the tests of tensor, layers and training on the
 * module that comes of it: each must turn some of them red. `pnpm --filter @handgrad/tensor mutate-kernels`, with the
 * names of functions for these alone.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { compile, embed } from "./compile.mjs";

/** In which file and function, what, and what instead. */
const mutants = [
  ["matmul.ts", "multiplyTile", "(a3, b1, s31)", "(a3, v128.neg<T>(b1), s31)"],
  ["matmul.ts", "multiplyList", "s7 = mulAdd<T>(value, ", "s7 = mulAdd<T>(v128.neg<T>(value), "],
  ["matmul.ts", "multiplyPair", "(value1, b2, s12)", "(value1, v128.neg<T>(b2), s12)"],
  ["matmul.ts", "addRow", "mulAdd<T>(a0, ", "mulAdd<T>(v128.neg<T>(a0), "],
  ["matmul.ts", "addFourRows", "mulAdd<T>(a3, ", "mulAdd<T>(v128.neg<T>(a3), "],
  ["binary.ts", "apply", "v128.add<T>(a, b)", "v128.sub<T>(a, b)"],
  ["binary.ts", "apply", "v128.sub<T>(a, b)", "v128.add<T>(a, b)"],
  ["binary.ts", "apply", "v128.mul<T>(a, b)", "v128.neg<T>(v128.mul<T>(a, b))"],
  ["binary.ts", "apply", "v128.div<T>(a, b)", "v128.neg<T>(v128.div<T>(a, b))"],
  ["binary.ts", "apply", "v128.max<T>(a, b)", "v128.min<T>(a, b)"],
  ["binary.ts", "binary", "!bRepeats", "bRepeats"],
  ["binary.ts", "binaryRow", "const left = rowFirst", "const left = !rowFirst"],
  ["portable-math.ts", "exp", "sum = f64x2.add(", "sum = f64x2.sub("],
  ["portable-math.ts", "expm1", "f64x2.sub(scale, ", "f64x2.add(scale, "],
  ["portable-math.ts", "logOf", "f64x2.add(twice, low)", "f64x2.sub(twice, low)"],
  ["portable-math.ts", "log1p", "f64x2.add(", "f64x2.sub("],
  ["portable-math.ts", "tanh", "f64x2.sub(one, quotient)", "f64x2.add(one, quotient)"],
  ["portable-math.ts", "sigmoidOf", "f64x2.ge(", "f64x2.lt("],
  ["portable-math.ts", "sigmoidSlopeOf", "f64x2.add(one, e)", "f64x2.sub(one, e)"],
  ["portable-math.ts", "gaussian", "f64x2.sub(rounded, x)", "f64x2.sub(x, rounded)"],
  ["portable-math.ts", "normalCdfOf", "f64x2.sub(one, beyond)", "f64x2.add(one, beyond)"],
  ["pair.ts", "storeInRow", "j + 1 < columns", "true"],
  ["unary.ts", "apply", "f64x2.sqrt(x)", "f64x2.neg(f64x2.sqrt(x))"],
  ["unary.ts", "geluTanhArgument", "f64x2.add(x, cube)", "f64x2.sub(x, cube)"],
  ["unary.ts", "tanhSlope", "f64x2.add(", "f64x2.sub("],
  ["unary.ts", "geluSlope", "f64x2.add(", "f64x2.sub("],
  ["unary.ts", "geluTanhSlope", "return f64x2.add(", "return f64x2.sub("],
  ["unary.ts", "unary", "loadPair<T>(x + i)", "f64x2.neg(loadPair<T>(x + i))"],
  ["unary.ts", "unaryBackward", "f64x2.mul(", "f64x2.div("],
  ["elementwise.ts", "relu", "v128.le<T>(value, zero)", "v128.ge<T>(value, zero)"],
  ["elementwise.ts", "reluBackward", "v128.gt<T>(value, zero)", "v128.lt<T>(value, zero)"],
  ["elementwise.ts", "leakyRelu", "f64x2.gt(", "f64x2.lt("],
  ["elementwise.ts", "leakyReluBackward", "f64x2.gt(", "f64x2.lt("],
  ["columns.ts", "addRow", "f64x2.add(", "f64x2.sub("],
  ["columns.ts", "addRows", "f64x2.add(", "f64x2.sub("],
  ["columns.ts", "addCentredRows", "f64x2.add(v128.load(squares", "f64x2.sub(v128.load(squares"],
  ["columns.ts", "normalize", "f64x2.add(scaled", "f64x2.sub(scaled"],
  ["columns.ts", "normalizeSums", "f64x2.add(v128.load(sumDyXhat", "f64x2.sub(v128.load(sumDyXhat"],
  ["columns.ts", "normalizeTrainBackward", "f64x2.sub(centred", "f64x2.add(centred"],
  ["columns.ts", "greatestRows", "isGreater(value, old)", "isGreater(old, value)"],
  ["columns.ts", "greatestPositions", "isGreater(value, old)", "isGreater(old, value)"],
  ["rows.ts", "sumTwo", "f64x2.add(", "f64x2.sub("],
  ["rows.ts", "momentsOfRows", "f64x2.add(squares", "f64x2.sub(squares"],
  ["rows.ts", "exponentiate", "f64x2.sub(", "f64x2.add("],
  ["rows.ts", "softmax", "f64x2.div(", "f64x2.mul("],
  ["rows.ts", "softmaxBackward", "f64x2.sub(", "f64x2.add("],
  ["rows.ts", "logSoftmax", "f64x2.sub(f64x2.sub(", "f64x2.add(f64x2.sub("],
  ["rows.ts", "logSoftmaxBackward", "f64x2.sub(", "f64x2.add("],
  ["rows.ts", "softmaxCrossEntropy", "(share - 1)", "(share + 1)"],
  ["rows.ts", "weightedCrossEntropy", "f64x2.sub(", "f64x2.add("],
  ["rows.ts", "normalizeRow", "f64x2.add(", "f64x2.sub("],
  ["rows.ts", "normalizeRowBackward", "f64x2.sub(f64x2.sub(g", "f64x2.add(f64x2.sub(g"],
  ["losses.ts", "squaredError", "f64x2.sub(", "f64x2.add("],
  ["losses.ts", "binaryCrossEntropy", "f64x2.sub(f64x2.max", "f64x2.add(f64x2.max"],
  ["optimizers.ts", "sgd", "f64x2.sub(", "f64x2.add("],
  ["optimizers.ts", "sgdMomentum", "f64x2.add(past", "f64x2.sub(past"],
  ["optimizers.ts", "rmsprop", "f64x2.sub(s, ", "f64x2.add(s, "],
  ["optimizers.ts", "adagrad", "f64x2.sub(", "f64x2.add("],
  ["optimizers.ts", "adam", "f64x2.add(pastM", "f64x2.sub(pastM"],
];

/** `source` with `from` replaced by `to` in the function `name`. */
function mutate(source, name, from, to) {
  const start = source.search(new RegExp(`function ${name}[<(]`));
  const end = source.indexOf("\n}\n", start);
  const body = source.slice(start, end);
  if (start < 0 || !body.includes(from)) throw new Error(`${name} has no ${from}: write the mutant anew`);
  return source.slice(0, start) + body.replace(from, to) + source.slice(end);
}

/** Files whose tests fail when they run on the module `bytes`, by package. */
function failures(bytes) {
  writeFileSync(binary, embed(bytes));
  const { stdout } = spawnSync("pnpm", ["-w", "exec", "vitest", "run", "--reporter=json", ...projects], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    shell: process.platform === "win32",
  });
  const failed = {};
  for (const { name, status } of JSON.parse(stdout.slice(stdout.indexOf("{"))).testResults) {
    const [, project, file] = /packages\/(\w+)\/src\/(.*)\.test\.ts$/.exec(name);
    // Another module than that of the sources is what this one finds in any case.
    if (status === "passed" || file === "engines/wasm/binary") continue;
    failed[project] ??= [];
    failed[project].push(file);
  }
  return Object.entries(failed);
}

const binary = new URL("../src/engines/wasm/binary.ts", import.meta.url);
const projects = ["tensor", "layers", "training"].flatMap((name) => ["--project", name]);
const original = readFileSync(binary);
process.on("exit", () => writeFileSync(binary, original));
process.on("SIGINT", () => process.exit(130));

const healthy = failures(await compile());
if (healthy.length > 0) throw new Error(`red without a mutant: ${JSON.stringify(healthy)}`);
const asked = process.argv.slice(2);
for (const [file, name, from, to] of mutants) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const bytes = await compile("index.ts", (source, at) =>
    at === file ? mutate(source, name, from, to) : source,
  );
  const failed = failures(bytes);
  if (failed.length === 0) process.exitCode = 1;
  const red = failed.map(([project, files]) => `${project}: ${files.join(", ")}`).join("; ");
  console.log(`${name.padEnd(24)}${to.padEnd(36)}${red || "SURVIVED"}`);
}
