import { expect, it } from "vitest";
import { formatted } from "./format.js";
import { logTicks, roomFor } from "./ticks.js";

it("ticks of a logarithmic scale: 1, 2, 5 over few decades, then powers of ten, then some of them", () => {
  expect(logTicks(0.09, 2.5)).toEqual([0.1, 0.2, 0.5, 1, 2]);
  expect(logTicks(1e-3, 20)).toEqual([0.001, 0.01, 0.1, 1, 10]);
  expect(logTicks(1e-9, 1e9)).toEqual([1e-9, 1e-6, 1e-3, 1, 1e3, 1e6, 1e9]);
});

it("numbers have three digits", () => {
  expect([0, 0.07794, -12.345, 2e-7, 1234567, null, undefined].map((v) => formatted(v, "number"))).toEqual([
    "0",
    "0.0779",
    "-12.3",
    "2e-7",
    "1.2e6",
    "–",
    "–",
  ]);
  expect([0.9432, 1].map((v) => formatted(v, "percent"))).toEqual(["94.3 %", "100 %"]);
});

it("labels have room, with their sign", () => {
  expect(roomFor(["0", "-0.5", "100 %"])).toBe(54);
  expect(roomFor(["0", "-1.5e17"])).toBe(70);
  expect(roomFor(null)).toBe(52);
});
