import { expect, it } from "vitest";
import { columnsOf, nearestValue } from "./columns.js";
import { formatted } from "./format.js";
import { logTicks } from "./ticks.js";

it("series with different steps share one column of steps", () => {
  const line = { label: "", color: 1, stroke: "solid" } as const;
  const { steps, values } = columnsOf({
    series: [
      {
        ...line,
        points: [
          [0, 1],
          [10, 2],
        ],
      },
      {
        ...line,
        points: [
          [5, null],
          [10, 3],
        ],
      },
    ],
  });
  expect(steps).toEqual([0, 5, 10]);
  expect(values).toEqual([
    [1, undefined, 2],
    [undefined, null, 3],
  ]);
});

it("the cursor finds the nearest value", () => {
  const values = [1, undefined, undefined, null, 5];
  expect([0, 1, 2, 3, 4].map((i) => nearestValue(values, i))).toEqual([0, 0, 0, 4, 4]);
  expect(nearestValue([undefined, null], 0)).toBeUndefined();
});

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
    "2.0e-7",
    "1.2e6",
    "–",
    "–",
  ]);
  expect([0.9432, 1].map((v) => formatted(v, "percent"))).toEqual(["94.3 %", "100 %"]);
});
