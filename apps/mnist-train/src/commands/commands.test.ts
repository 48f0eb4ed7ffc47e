import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOnnx, readSafetensors } from "@handgrad/interop";
import { fromData, type Matrix, type Rows } from "@handgrad/tensor";
import { buildNetwork, candidateOf } from "laboratory";
import { BadInput } from "terminal";
import "testing";
import { afterAll, describe, expect, it } from "vitest";
import { defaults } from "../run/settings.js";
import { fewDigits } from "../run/test-digits.js";
import { asDigit } from "./as-digit.js";
import { readImage } from "./read-image.js";
import { runSavedModel } from "./run-saved-model.js";
import { loadModel, requireWritable, saveModel } from "./saved-model.js";
import { GREY_ALPHA, PALETTE, png, RGB, RGBA } from "./test-png.js";

const work = mkdtempSync(join(tmpdir(), "mnist-train-commands-"));
afterAll(() => rmSync(work, { recursive: true }));
const at = (name: string) => join(work, name);

const settings = { ...defaults, hidden: [8] };
const network = buildNetwork(784, settings, candidateOf(settings));
const { test } = fewDigits(100, 20);
network.model.forward(test.inputs, "train");
const saved = saveModel(at("model.safetensors"), network, settings);

describe("a saved model", () => {
  it("gives what the trained one gave, running pair and settings included", () => {
    expect(loadModel(saved).forward(test.inputs, "eval")).toEqual(network.model.forward(test.inputs, "eval"));
    const { tensors, metadata } = readSafetensors(new Uint8Array(readFileSync(saved)));
    expect(Object.keys(tensors)).toContain("1.pop_var");
    expect(JSON.parse(metadata["mnist-train.settings"])).toEqual(settings);
  });

  it("says what is wrong", () => {
    expect(() => requireWritable("--save", at("none/model"))).toThrow(
      new BadInput(
        `--save must be a file in a folder that can be written to, got "${at("none/model")}" (ENOENT)`,
      ),
    );
    expect(() => requireWritable("--save", work)).toThrow(
      new BadInput(`--save must be a file, got "${work}", which is something else`),
    );
    expect(() => loadModel(at("none"))).toThrow(new BadInput(`${at("none")}: there is no such file`));
    writeFileSync(at("cut"), readFileSync(saved).subarray(0, 2000));
    expect(() => loadModel(at("cut"))).toThrow(`${at("cut")}: data_offsets of "`);
    writeFileSync(at("text"), "no model");
    expect(() => loadModel(at("text"))).toThrow(BadInput);
  });

  it.each([
    ["onnx", ["model.onnx"]],
    ["safetensors", ["model.pytorch.safetensors"]],
    ["pytorch", ["model.py", "model.npz"]],
  ])("is exported as %s", (format, files) => {
    const printed = runSavedModel(["export", saved, "--format", format, "--out", work]);
    expect(printed).toBe(`Written:\n${files.map((file) => `  ${at(file)}\n`).join("")}`);
    for (const file of files) expect(existsSync(at(file))).toBe(true);
    if (format !== "onnx") return;
    const model = readOnnx(new Uint8Array(readFileSync(at("model.onnx"))));
    // epsilon is a float32 in the file.
    const y = model.forward(test.inputs, "eval");
    expect(y).toBeAllClose(network.model.forward(test.inputs, "eval"), { rtol: 1e-5, atol: 1e-5 });
  });

  it("predicts from a picture of a digit as it would from the digit", () => {
    const row = test.inputs.data.subarray(0, 784);
    const rows = Array.from({ length: 28 }, (_, y) =>
      [...row.subarray(28 * y, 28 * y + 28)].map((v) => Math.round(255 * v)),
    );
    writeFileSync(at("digit.png"), png({ width: 28, height: 28 }, rows));
    const { digit, probabilities } = JSON.parse(
      runSavedModel(["predict", at("digit.png"), "--model", saved, "--json"]),
    );
    const logits = network.model.forward(fromData(Float32Array.from(row), [1, 784]) as Rows<number>, "eval");
    expect(digit).toBe(logits.data.indexOf(Math.max(...logits.data)));
    expect(probabilities).toHaveLength(10);
    const text = runSavedModel(["--", "predict", at("digit.png"), "--model", saved]);
    expect(text).toMatch(new RegExp(`^${digit} +[\\d.]+ %\\n\\d +[\\d.]+ %\\n\\d +[\\d.]+ %\\n$`));
  });

  it("refuses bad arguments in one line", () => {
    for (const [args, message] of [
      [["export", saved], "required option '--format <name>' not specified"],
      [
        ["export", saved, "--format", "h5"],
        "option '--format <name>' must be one of onnx, safetensors, pytorch, got 'h5'",
      ],
      [["predict", saved, "--model", saved], `${saved}: must be a PNG image`],
    ] as const) {
      expect(() => runSavedModel(args)).toThrow(new BadInput(message));
    }
    expect(runSavedModel(["predict", "--help"])).toContain("Tells which digit a picture shows");
  });
});

describe("readImage", () => {
  const read = (bytes: Uint8Array) => [...readImage("x.png", bytes).data];
  const two = { width: 2, height: 1 };
  const pictures: readonly [string, Uint8Array, number[]][] = [
    ["grey", png(two, [[0, 255]]), [0, 1]],
    ["grey of 16 bits", png({ ...two, depth: 16 }, [[0, 0, 255, 255]]), [0, 1]],
    [
      "grey of 1 bit",
      png({ width: 10, height: 2, depth: 1 }, [
        [0b10100000, 0b01000000],
        [0, 0],
      ]),
      [1, 0, 1, 0, 0, 0, 0, 0, 0, 1, ...Array(10).fill(0)],
    ],
    ["grey of 2 bits", png({ ...two, depth: 2 }, [[0b00110000]]), [0, 1]],
    ["grey of 4 bits", png({ ...two, depth: 4 }, [[0x0f]]), [0, 1]],
    [
      "RGB",
      png({ width: 3, height: 1, color: RGB }, [[255, 0, 0, 0, 255, 0, 0, 0, 255]]),
      [0.299, 0.587, 0.114],
    ],
    ["RGBA, transparent on white", png({ ...two, color: RGBA }, [[0, 0, 0, 0, 0, 0, 0, 255]]), [1, 0]],
    ["grey with alpha", png({ ...two, color: GREY_ALPHA }, [[0, 51, 255, 255]]), [0.8, 1]],
    [
      "palette of 4 bits",
      png({ width: 3, height: 1, depth: 4, color: PALETTE }, [[0x10, 0x10]], [0, 0, 0, 255, 255, 255]),
      [1, 0, 1],
    ],
  ];
  it.each(pictures)("%s", (_, bytes, values) => {
    expect(read(bytes)).toBeAllClose(values, { atol: 1e-6 });
  });

  it("refuses what is no picture, too large before it is unpacked, or damaged", () => {
    expect(() => read(new Uint8Array(50))).toThrow(new BadInput("x.png: must be a PNG image"));
    expect(() => read(png({ width: 60_000, height: 60_000 }, [[0]]))).toThrow(
      new BadInput("x.png: width and height must be from 1 to 4096, got 60000 and 60000"),
    );
    const cut = png(two, [[0, 255]]);
    expect(() => read(cut.subarray(0, 45))).toThrow(/^x\.png: is damaged \(/);
    cut[45] ^= 255;
    expect(() => read(cut)).toThrow(/^x\.png: is damaged \(/);
  });
});

describe("asDigit", () => {
  /** A bar of ink, in a picture of any size. */
  const bar = (
    height: number,
    width: number,
    box: readonly [number, number, number, number],
    ink = 1,
    paper = 0,
  ): Matrix => {
    const [top, left, bottom, right] = box;
    const data = Float32Array.from({ length: height * width }, (_, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      return y >= top && y < bottom && x >= left && x < right ? ink : paper;
    });
    return fromData(data, [height, width]);
  };

  it("fits the ink into 20 pixels, in the middle, wherever and however large it was", () => {
    const upright = asDigit(bar(200, 100, [100, 70, 180, 78]));
    expect(upright?.shape).toEqual([1, 784]);
    const expected = bar(28, 28, [4, 13, 24, 15]).data;
    expect(upright?.data).toBeAllClose([...expected], { atol: 1e-6 });
    // Smaller than the box, it grows.
    expect(asDigit(bar(40, 40, [2, 2, 12, 3]))?.data).toBeAllClose([...expected], { atol: 1e-6 });
  });

  it("takes dark on light, and little contrast, as light on dark", () => {
    const light = asDigit(bar(50, 50, [10, 20, 40, 25]));
    expect(asDigit(bar(50, 50, [10, 20, 40, 25], 0, 1))).toEqual(light);
    expect(asDigit(bar(50, 50, [10, 20, 40, 25], 0.25, 0.75))).toEqual(light);
  });

  it("takes 28 × 28 pixels as they stand, and sees no digit in a plain sheet", () => {
    const off = bar(28, 28, [0, 0, 5, 5]);
    expect([...(asDigit(off)?.data ?? [])]).toEqual([...off.data]);
    expect(asDigit(bar(28, 28, [0, 0, 0, 0]))).toBeUndefined();
  });

  it("has nothing that is not finite, at any size", () => {
    for (const [height, width] of [
      [1, 2],
      [2, 1],
      [1, 300],
      [300, 1],
      [17, 5],
      [28, 27],
    ]) {
      const digit = asDigit(bar(height, width, [0, 0, 1, 1]));
      expect(digit?.data.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(Math.max(...(digit?.data ?? []))).toBeGreaterThan(0.5);
    }
  });
});
