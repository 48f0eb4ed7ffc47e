import { expect, it } from "vitest";
import { parseOptions } from "./options.js";

const optionsOf = (args: readonly string[], env = {}) => {
  const request = parseOptions(args, env);
  return request.kind === "run" ? request.options : request.text;
};

it("measures everything by default", () => {
  expect(optionsOf([])).toEqual({
    rounds: 7,
    only: ["training", "matmul", "inference", "width", "process"],
    contenders: undefined,
    quick: false,
    python: "python3",
    install: true,
    out: "runs/benchmarks",
  });
});

it.each([
  [["--quick"], { quick: true, rounds: 2 }],
  [["--quick", "--rounds", "5"], { quick: true, rounds: 5 }],
  [["--only", "matmul, training,matmul"], { only: ["matmul", "training"] }],
  [["--contenders", "handgrad,pytorch-1"], { contenders: ["handgrad", "pytorch-1"] }],
  [["--no-install"], { install: false }],
  [["--python", "venv/bin/python"], { python: "venv/bin/python" }],
  [["--out", "a b"], { out: "a b" }],
])("%j", (args, options) => {
  expect(optionsOf(args)).toMatchObject(options);
});

it("finds the Python that the environment names, unless an option does", () => {
  expect(optionsOf([], { HANDGRAD_PYTHON: "p" })).toMatchObject({ python: "p" });
  expect(optionsOf(["--python", "q"], { HANDGRAD_PYTHON: "p" })).toMatchObject({ python: "q" });
});

it("lists the contenders in its help", () => {
  expect(optionsOf(["--help"])).toMatch(
    /^Usage: benchmarks \[options\]\n[\s\S]*jax-js, onnxruntime, pytorch/,
  );
});

it.each([
  [["--rounds", "0"], '--rounds must be an integer from 1 to 100, got "0"'],
  [["--rounds", "1.5"], '--rounds must be an integer from 1 to 100, got "1.5"'],
  [
    ["--only", "trainig"],
    '--only must be workloads, separated by commas: training, matmul, inference, width or process, got "trainig" (did you mean training?)',
  ],
  [["--only", ""], '--only must be workloads, separated by commas, got ""'],
  [
    ["--contenders", "handgrad,torch"],
    '--contenders must be contenders, separated by commas: handgrad, tensorflow-js, jax-js, onnxruntime, pytorch, tensorflow or numpy, got "torch" (did you mean pytorch?)',
  ],
  [["--python", ""], '--python must be the path of a Python, got ""'],
  [["--out", ""], '--out must be the path of a folder, got ""'],
  [["--quik"], "unknown option '--quik' (Did you mean --quick?)"],
  [["fast"], "too many arguments. Expected 0 arguments but got 1."],
])("refuses %j", (args, message) => {
  expect(() => parseOptions(args, {})).toThrow(message);
});
