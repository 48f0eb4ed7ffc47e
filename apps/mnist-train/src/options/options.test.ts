import { faults } from "bn-faults";
import { plantableFaults } from "laboratory";
import { BadInput } from "terminal";
import { describe, expect, it } from "vitest";
import { defaults } from "../run/settings.js";
import { type Options, parseOptions } from "./options.js";

function options(...args: string[]): Options {
  const request = parseOptions(args);
  if (request.kind !== "train") throw new Error("no training was asked for");
  return request.options;
}

function help(...args: string[]): string {
  const request = parseOptions(args);
  if (request.kind !== "help") throw new Error("no help was asked for");
  return request.text;
}

describe("what is asked for", () => {
  it("is the defaults of the README without any option", () => {
    expect(options()).toEqual({
      settings: {
        data: null,
        epochs: 5,
        batchSize: 128,
        optimizer: "sgd",
        learningRate: 0.1,
        schedule: "constant",
        weightDecay: 0,
        hidden: [256, 128],
        activation: "relu",
        init: "heNormal",
        decay: 0.9,
        epsilon: 1e-5,
        varianceCorrection: "biased",
        seed: 1,
        fault: null,
        batchNorm: null,
      },
      out: "runs/mnist-train",
      json: false,
      quiet: false,
      open: false,
      save: null,
      threads: null,
      checkpoints: null,
    });
  });

  it.each<[args: string, settings: Partial<Options["settings"]>]>([
    ["--epochs 3", { epochs: 3 }],
    ["--epochs 1e9", { epochs: 1e9 }],
    ["--batch-size 2", { batchSize: 2 }],
    ["--lr 1e-3", { learningRate: 1e-3 }],
    ["--lr .5", { learningRate: 0.5 }],
    ["--hidden 32", { hidden: [32] }],
    ["--hidden=300,1,20", { hidden: [300, 1, 20] }],
    ["--decay 0", { decay: 0 }],
    ["--decay 0.999", { decay: 0.999 }],
    ["--decay cumulative", { decay: "cumulative" }],
    ["--epsilon 1e-7", { epsilon: 1e-7 }],
    ["--variance-correction unbiased", { varianceCorrection: "unbiased" }],
    ["--seed 0", { seed: 0 }],
    ["--fault decay-inverted", { fault: "decay-inverted" }],
    ["--batch-norm ./my-batch-norm.js", { batchNorm: "./my-batch-norm.js" }],
    ["--data ./fashion", { data: "./fashion" }],
    ["--optimizer sgd", {}],
    ["--optimizer momentum", { optimizer: "momentum", learningRate: 0.01 }],
    ["--optimizer nesterov", { optimizer: "nesterov", learningRate: 0.01 }],
    ["--optimizer rmsprop", { optimizer: "rmsprop", learningRate: 0.001 }],
    ["--optimizer adagrad", { optimizer: "adagrad", learningRate: 0.01 }],
    ["--optimizer adam", { optimizer: "adam", learningRate: 0.001 }],
    ["--optimizer adamw", { optimizer: "adamw", learningRate: 0.001, weightDecay: 0.01 }],
    ["--optimizer adamw --weight-decay 0", { optimizer: "adamw", learningRate: 0.001 }],
    ["--lr 2 --optimizer adam", { optimizer: "adam", learningRate: 2 }],
    ["--weight-decay 1e-4", { weightDecay: 1e-4 }],
    ...(["relu", "leaky-relu", "sigmoid", "tanh", "gelu"] as const).map(
      (activation): [string, Partial<Options["settings"]>] => [`--activation ${activation}`, { activation }],
    ),
    ...(["constant", "step", "exponential", "cosine", "one-cycle", "plateau"] as const).map(
      (schedule): [string, Partial<Options["settings"]>] => [`--schedule ${schedule}`, { schedule }],
    ),
    ["--init lecunNormal", { init: "lecunNormal" }],
    ["--init orthogonal", { init: "orthogonal" }],
    ["--epochs 3 --epochs 4", { epochs: 4 }],
    ["-- --epochs 3", { epochs: 3 }],
  ])("%s", (args, settings) => {
    expect(options(...args.split(" "))).toEqual({ ...options(), settings: { ...defaults, ...settings } });
  });

  it("is where the files go, and what is printed", () => {
    expect(options("--out", "a b/ü", "--json", "--quiet", "--open", "--threads", "3")).toEqual({
      settings: defaults,
      out: "a b/ü",
      json: true,
      quiet: true,
      open: true,
      save: null,
      threads: 3,
      checkpoints: null,
    });
  });

  it("is a file to save to, or a saved network to look at", () => {
    expect(options("--save", "m.safetensors")).toEqual({ ...options(), save: "m.safetensors" });
    const { settings } = options("--seed", "7");
    expect(parseOptions(["--load", "m.safetensors", "--seed", "7"])).toEqual({
      kind: "evaluate",
      file: "m.safetensors",
      settings,
    });
    for (const flag of ["--save", "--load"]) {
      expect(() => parseOptions([flag, ""])).toThrow(`${flag} must be the path of a file, got ""`);
      expect(() => parseOptions([flag, "m", "--fault", "decay-inverted"])).toThrow("cannot be used with");
    }
  });

  it("is where checkpoints go, how often, and whether to go on from them", () => {
    expect(options("--checkpoint", "kept").checkpoints).toEqual({
      folder: "kept",
      every: null,
      resume: false,
    });
    const all = ["--checkpoint", "kept", "--checkpoint-every", "7", "--resume"];
    expect(options(...all).checkpoints).toEqual({ folder: "kept", every: 7, resume: true });
  });
});

describe("the gallery", () => {
  const gallery = (...args: string[]) => {
    const request = parseOptions(args);
    if (request.kind !== "gallery") throw new Error("no gallery was asked for");
    return request;
  };

  it("takes every fault that a network can be trained with, or those listed, each once", () => {
    expect(gallery("--faults", "all").faults).toEqual(plantableFaults);
    expect(plantableFaults).toHaveLength(Object.keys(faults).length - 3);
    expect(gallery("--faults", "wrong-axis, decay-inverted,wrong-axis").faults).toEqual([
      "wrong-axis",
      "decay-inverted",
    ]);
  });

  it("has the other options of a run", () => {
    const { options: chosen } = gallery("--faults", "all", "--epochs", "2", "--out", "here", "--json");
    expect(chosen).toEqual({ ...options("--epochs", "2", "--out", "here", "--json") });
  });
});

describe("bad input is one line that names the option, what was expected and what came", () => {
  const widths = "--hidden must be widths from 1 to 8192, separated by commas, got";
  it.each([
    [["--epochs", "0"], '--epochs must be an integer of at least 1, got "0"'],
    [["--epochs", "-1"], '--epochs must be an integer of at least 1, got "-1"'],
    [["--epochs", "1.5"], '--epochs must be an integer of at least 1, got "1.5"'],
    [["--epochs", "0x10"], '--epochs must be an integer of at least 1, got "0x10"'],
    [["--epochs", "1e300"], '--epochs must be an integer of at least 1, got "1e300"'],
    [["--epochs", "3", "--epochs", "many"], '--epochs must be an integer of at least 1, got "many"'],
    [["--epochs", ""], '--epochs must be an integer of at least 1, got ""'],
    [["--epochs"], "option '--epochs <n>' argument missing"],
    [
      ["--batch-size", "1"],
      '--batch-size must be an integer of at least 2, since one row has no variance, got "1"',
    ],
    [["--lr", "0"], '--lr must be a positive number, got "0"'],
    [["--lr", "-0.1"], '--lr must be a positive number, got "-0.1"'],
    [["--lr", "NaN"], '--lr must be a positive number, got "NaN"'],
    [["--lr", "Infinity"], '--lr must be a positive number, got "Infinity"'],
    [["--lr", "1e400"], '--lr must be a positive number, got "1e400"'],
    [["--lr", "1\n2"], '--lr must be a positive number, got "1 2"'],
    [["--hidden", ""], `${widths} ""`],
    [["--hidden", "1,,2"], `${widths} "1,,2"`],
    [["--hidden", "0"], `${widths} "0"`],
    [["--hidden", "1.5"], `${widths} "1.5"`],
    [["--hidden", "1,a"], `${widths} "1,a"`],
    [["--hidden", "8193"], `${widths} "8193"`],
    [["--data", ""], '--data must be the path of a folder, got ""'],
    [
      ["--optimizer", "adamax"],
      '--optimizer must be sgd, momentum, nesterov, rmsprop, adagrad, adam or adamw, got "adamax"',
    ],
    [
      ["--activation", "toString"],
      '--activation must be relu, leaky-relu, sigmoid, tanh or gelu, got "toString"',
    ],
    [
      ["--schedule", ""],
      '--schedule must be constant, step, exponential, cosine, one-cycle or plateau, got ""',
    ],
    [["--weight-decay", "-1e-4"], '--weight-decay must be 0 or a positive number, got "-1e-4"'],
    [["--weight-decay", "Infinity"], '--weight-decay must be 0 or a positive number, got "Infinity"'],
    [["--weight-decay", "little"], '--weight-decay must be 0 or a positive number, got "little"'],
    [
      ["--init", "henormal"],
      '--init must be glorotNormal, glorotUniform, heNormal, heUniform, lecunNormal, ones, orthogonal or zeros, got "henormal"',
    ],
    [["--decay", "1"], '--decay must be a number in [0, 1) or "cumulative", got "1"'],
    [["--decay", "-0.1"], '--decay must be a number in [0, 1) or "cumulative", got "-0.1"'],
    [["--decay", "slow"], '--decay must be a number in [0, 1) or "cumulative", got "slow"'],
    [["--epsilon", "1e-300"], '--epsilon must be a number from 1e-30 to 1e30, got "1e-300"'],
    [["--epsilon", "0"], '--epsilon must be a number from 1e-30 to 1e30, got "0"'],
    [["--epsilon", "-1e-5"], '--epsilon must be a number from 1e-30 to 1e30, got "-1e-5"'],
    [["--variance-correction", "none"], '--variance-correction must be biased or unbiased, got "none"'],
    [["--seed", "1e300"], '--seed must be an integer from 0 to 4294967295, got "1e300"'],
    [["--seed", "-1"], '--seed must be an integer from 0 to 4294967295, got "-1"'],
    [
      ["--fault", "stats-never-updatd"],
      '--fault must be a planted fault, got "stats-never-updatd" (did you mean stats-never-updated?)',
    ],
    [["--fault", "toString"], '--fault must be one of the faults that --help lists, got "toString"'],
    [
      ["--fault", "checkpoint-omits-stats"],
      '--fault must be a fault that training meets, got "checkpoint-omits-stats": a training run loads no checkpoint (bn-doctor\'s own tests cover this fault)',
    ],
    [
      ["--faults", "decay-inverted,stats-poisoned-by-nan"],
      '--faults must be a fault that training meets, got "stats-poisoned-by-nan": no digit has a NaN (bn-doctor\'s own tests cover this fault)',
    ],
    [
      ["--faults", "batch-of-one-accepted"],
      '--faults must be a fault that training meets, got "batch-of-one-accepted": training leaves out a batch of one row (bn-doctor\'s own tests cover this fault)',
    ],
    [["--faults", ""], '--faults must be one of the faults that --help lists, got ""'],
    [["--faults", "al"], '--faults must be one of the faults that --help lists, got "al"'],
    [
      ["--fault", "decay-inverted", "--batch-norm", "mine.js"],
      "option '--batch-norm <file>' cannot be used with option '--fault <id>'",
    ],
    [
      ["--faults", "all", "--batch-norm", "mine.js"],
      "option '--faults <ids>' cannot be used with option '--batch-norm <file>'",
    ],
    [
      ["--faults", "all", "--fault", "decay-inverted"],
      "option '--faults <ids>' cannot be used with option '--fault <id>'",
    ],
    [["--resume"], "--resume needs --checkpoint and its folder"],
    [["--checkpoint-every", "3"], "--checkpoint-every needs --checkpoint and its folder"],
    [["--checkpoint", ""], '--checkpoint must be the path of a folder, got ""'],
    [
      ["--checkpoint", "a", "--checkpoint-every", "0"],
      '--checkpoint-every must be an integer of at least 1, got "0"',
    ],
    [
      ["--checkpoint", "a", "--batch-norm", "b.js"],
      "option '--checkpoint <folder>' cannot be used with option '--batch-norm <file>'",
    ],
    [
      ["--checkpoint", "a", "--faults", "all"],
      "option '--checkpoint <folder>' cannot be used with option '--faults <ids>'",
    ],
    [["--faults", "all", "--open"], "option '--open' cannot be used with option '--faults <ids>'"],
    [["--batch-norm", ""], '--batch-norm must be the path of a JavaScript module, got ""'],
    [["--out", ""], '--out must be the path of a folder, got ""'],
    [["--json=yes"], "unknown option '--json=yes'"],
    [["--epocs", "3"], "unknown option '--epocs' (Did you mean --epochs?)"],
    [["-x"], "unknown option '-x'"],
    [["train", "fast"], 'expected options alone, got "train" (--help lists them)'],
  ])("%j", (args, message) => {
    expect(() => parseOptions(args)).toThrow(new BadInput(message));
  });
});

describe("--help", () => {
  const text = help("--help");

  it("lists every option once, with its default", () => {
    for (const [option, rest] of [
      ["epochs <n>", "(default: 5)"],
      ["batch-size <n>", "(default: 128)"],
      ["data <folder>", "Fashion-MNIST"],
      ["optimizer <name>", "rmsprop, adagrad, adam, adamw (default: sgd)"],
      ["lr <rate>", "(default: sgd 0.1; momentum, nesterov, adagrad 0.01; rmsprop, adam, adamw 0.001)"],
      ["schedule <name>", "plateau (÷ 10 after 2 epochs without gain) (default: constant)"],
      ["weight-decay <w>", "(default: 0; adamw 0.01)"],
      ["activation <name>", "relu, leaky-relu, sigmoid, tanh, gelu (default: relu)"],
      ["init <name>", "orthogonal, zeros (default: heNormal)"],
      ["hidden <widths>", "(default: 256,128)"],
      ["decay <d>", "(default: 0.9)"],
      ["epsilon <e>", "(default: 1e-5)"],
      ["variance-correction <kind>", "(default: biased)"],
      ["seed <n>", "(default: 1)"],
      ["fault <id>", "one of the faults below"],
      ["faults <ids>", '"all", or ids between commas'],
      ["batch-norm <file>", "a JavaScript module"],
      ["out <folder>", "(default: runs/mnist-train)"],
      ["json", "report.json alone"],
      ["open", "report.html in the browser"],
      ["quiet", "no progress"],
      ["help", "show this"],
    ]) {
      const parts = text.replace(/\s+/g, " ").split(`--${option} `);
      expect(parts, option).toHaveLength(2);
      expect(parts[1].split(" --")[0], option).toContain(rest);
    }
  });

  it("lists every fault once, under its grade, with what it does", () => {
    const listed = text.slice(text.indexOf("\nFaults ")).replace(/\s+/g, " ");
    const places = (["wrong", "convention", "fragile"] as const).map((grade) =>
      listed.indexOf(`(grade ${grade}):`),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    const [, convention, fragile] = places;
    expect(listed.indexOf(" stats-never-updated ")).toBeLessThan(convention);
    expect(listed.indexOf(" decay-inverted ")).toBeGreaterThan(convention);
    expect(listed.indexOf(" decay-inverted ")).toBeLessThan(fragile);
    expect(listed.indexOf(" variance-cancellation ")).toBeGreaterThan(fragile);
    for (const id of plantableFaults) {
      expect(listed).toContain(` ${id} ${faults[id].summary}`);
      expect(text.split(id), id).toHaveLength(2);
    }
  });

  it("fits 80 columns, and its first paragraph fills them", () => {
    const lines = text.split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.slice(2, 4).map((line) => line.length > 60)).toEqual([true, true]);
    expect(lines[4]).toBe("");
  });

  it("also answers to -h, and wins over other options", () => {
    expect(help("-h")).toBe(text);
    expect(help("--epochs", "3", "--help")).toBe(text);
  });
});
