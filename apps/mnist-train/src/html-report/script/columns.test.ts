import { expect, it } from "vitest";
import { columnsOf, nearestValue } from "./columns.js";

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
