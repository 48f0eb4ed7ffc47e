import { expect, test } from "vitest";
import { propertyRuns } from "./property.js";

test("the normal run is always the same", () => {
  expect(propertyRuns(200, {})).toEqual({ numRuns: 200, seed: 150203167 });
});

test("variables multiply the cases and choose others", () => {
  const env = { HANDGRAD_PROPERTY_RUNS: "2.5", HANDGRAD_PROPERTY_SEED: "-7" };
  expect(propertyRuns(3, env)).toEqual({ numRuns: 8, seed: -7 });
});

test.each(["none", "-1", "0", "Infinity"])("HANDGRAD_PROPERTY_RUNS=%s", (value) => {
  expect(() => propertyRuns(1, { HANDGRAD_PROPERTY_RUNS: value })).toThrow(
    new RangeError(`HANDGRAD_PROPERTY_RUNS must be a positive number, got ${value}`),
  );
});

test("a seed that is none", () => {
  expect(() => propertyRuns(1, { HANDGRAD_PROPERTY_SEED: "0.5" })).toThrow(
    new RangeError("HANDGRAD_PROPERTY_SEED must be an integer, got 0.5"),
  );
});
