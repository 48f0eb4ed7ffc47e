import ts from "typescript";
import { describe, expect, it } from "vitest";
import { root } from "./workspace.js";

/** What a reader meets: what an editor shows over a name, and what the compiler says of a mistake. */
const IMPORTS = `
import { add, cast, matmul, mean, ones, reshape, sum, tensor, transpose, zeros } from "@handgrad/tensor";
import { BatchNorm, Dense, ReLU, Sequential, softmaxCrossEntropy } from "@handgrad/layers";
declare const rows: number;
const x = zeros([32, 784]);
const model = new Sequential(new Dense(784, 256), new BatchNorm(256), new ReLU(), new Dense(256, 10));
`;

const file = `${root}/tests/snippet.ts`;
let text = "";
let version = 0;
const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(`${root}/tsconfig.base.json`, ts.sys.readFile).config,
  ts.sys,
  `${root}/tests`,
);
const service = ts.createLanguageService({
  getCompilationSettings: () => ({ ...options, noUnusedLocals: false, noErrorTruncation: false }),
  getScriptFileNames: () => [file],
  getScriptVersion: (name) => (name === file ? String(version) : "1"),
  getScriptSnapshot: (name) => {
    const content = name === file ? text : ts.sys.readFile(name);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => `${root}/tests`,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: (name) => name === file || ts.sys.fileExists(name),
  readFile: ts.sys.readFile,
  directoryExists: ts.sys.directoryExists,
  ...(ts.sys.realpath && { realpath: ts.sys.realpath }),
});

function check(code: string): readonly string[] {
  text = `${IMPORTS}${code}`;
  version++;
  return service
    .getSemanticDiagnostics(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

/** What an editor shows over the last `subject` of `code`, without its doc comment. */
function hover(code: string, subject: string): string {
  expect(check(code)).toEqual([]);
  const places = [...text.matchAll(new RegExp(`\\b${subject}\\b`, "g"))];
  const { displayParts } = service.getQuickInfoAtPosition(file, places[places.length - 1].index) ?? {};
  return ts.displayPartsToString(displayParts);
}

describe("what the compiler says of", () => {
  it.each([
    ["neighbours of other widths", "new Sequential(new Dense(784, 256), new BatchNorm(128));"],
    [
      "the third of five layers",
      "new Sequential(new Dense(784, 256), new ReLU(), new Dense(128, 64), new ReLU(), new Dense(64, 10));",
    ],
    [
      "neighbours of other dtypes",
      'new Sequential(new Dense(2, 3), new BatchNorm(3, { dtype: "float64" }));',
    ],
    ["an input of another width", 'model.forward(zeros([32, 783]), "train");'],
    ["an input of another dtype", 'model.forward(zeros([32, 784], "float64"), "train");'],
    ["a mode that is none", 'model.forward(x, "test");'],
    ["a gradient of another width", "model.backward(zeros([32, 11]));"],
    ["inner sizes of a product", "matmul(x, zeros([256, 10]));"],
    ["dtypes of a product", 'matmul(x, zeros([784, 10], "float64"));'],
    ["shapes that do not broadcast", "add(x, zeros([32, 10]));"],
    ["dtypes of a sum", 'add(x, zeros([784], "float64"));'],
    ["an axis that there is not", "sum(x, 2);"],
    ["labels that are words", 'softmaxCrossEntropy(model.forward(x, "train"), ["cat"]);'],
    ["rows of different lengths", "tensor([[1, 2], [3]]);"],
    ["integers where fractions arise", 'mean(zeros([2, 3], "int32"));'],
    ["a model without its mode", "model.forward(x);"],
  ])("%s", (_, code) => {
    const [message, ...more] = check(code);
    expect(more).toEqual([]);
    expect(message).toMatchSnapshot();
  });
});

describe("what an editor shows over", () => {
  it.each([
    ["a model", "model;", "model"],
    ["its output", 'const y = model.forward(x, "eval");', "y"],
    ["a layer", "const layer = new Dense(784, 256);", "layer"],
    ["a layer of a width that the run knows", "const layer = new BatchNorm(rows);", "layer"],
    ["a loss", 'const { loss, gradient } = softmaxCrossEntropy(model.forward(x, "train"), [1]);', "gradient"],
    ["a tensor from nested arrays", "const t = tensor([[1, 2], [3, 4], [5, 6]]);", "t"],
    ["a product", "const y = matmul(x, ones([784, 10]));", "y"],
    ["a sum with broadcasting", "const y = add(x, ones([784]));", "y"],
    ["a mean over rows", "const m = mean(x, 0);", "m"],
    ["a mean over columns, from behind", "const m = mean(zeros([2, 3, 4]), -2, { keepDims: true });", "m"],
    ["a transposed tensor", "const t = transpose(x);", "t"],
    ["another shape", "const t = reshape(x, [16, 2, 784]);", "t"],
    ["another dtype", 'const t = cast(x, "float64");', "t"],
    ["the function sum", "sum", "sum"],
    ["the function matmul", "matmul", "matmul"],
  ])("%s", (_, code, subject) => {
    expect(hover(code, subject)).toMatchSnapshot();
  });
});
