import { expect, it } from "vitest";
import { asMnist, type Drawing, SIDE } from "./as-mnist.js";

function blank(width = 280, height = 280): Drawing {
  return { values: new Float32Array(width * height), width, height };
}

function filled(left: number, top: number, width: number, height: number): Drawing {
  const drawing = blank();
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) drawing.values[y * drawing.width + x] = 1;
  }
  return drawing;
}

/** First and last column and row with ink. */
function frame(pixels: Float32Array) {
  const inked = [...pixels.keys()].filter((i) => pixels[i] > 0);
  const columns = inked.map((i) => i % SIDE);
  const rows = inked.map((i) => Math.floor(i / SIDE));
  return [Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)];
}

it("nothing drawn is no digit", () => {
  expect(asMnist(blank())).toBeUndefined();
});

it.each([
  ["in a corner", filled(0, 0, 40, 80)],
  ["in the other", filled(240, 200, 40, 80)],
  ["large", filled(70, 0, 140, 280)],
])("a bar %s fills 20 rows in the middle, with its proportions", (_, drawing) => {
  const pixels = asMnist(drawing) ?? new Float32Array();
  expect(frame(pixels)).toEqual([9, 18, 4, 23]);
  expect(pixels.filter((value) => value === 1)).toHaveLength(200);
});

it("a pixel is the mean of what it covers", () => {
  const drawing = filled(100, 100, 40, 40);
  // Every second column is blank: half of the ink everywhere.
  for (let i = 0; i < drawing.values.length; i += 2) drawing.values[i] = 0;
  const pixels = asMnist(drawing) ?? new Float32Array();
  const inked = pixels.filter((value) => value > 0);
  expect(Math.min(...inked)).toBeGreaterThan(0.3);
  expect(Math.max(...inked)).toBeLessThan(0.7);
});

it("the centre of mass comes to the middle, as far as there is room", () => {
  // An L: most of its ink is at the left and at the bottom.
  const drawing = filled(50, 50, 40, 160);
  for (let y = 170; y < 210; y++) for (let x = 50; x < 130; x++) drawing.values[y * 280 + x] = 1;
  const pixels = asMnist(drawing) ?? new Float32Array();
  let [sum, sumX, sumY] = [0, 0, 0];
  pixels.forEach((value, i) => {
    sum += value;
    sumX += value * (i % SIDE);
    sumY += value * Math.floor(i / SIDE);
  });
  // To the nearest whole pixel.
  expect(Math.abs(sumX / sum - 13.5)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(sumY / sum - 13.5)).toBeLessThanOrEqual(0.5);
});

it("a single dot is a digit, too", () => {
  expect(asMnist(filled(3, 3, 1, 1))?.some((value) => value > 0)).toBe(true);
});
