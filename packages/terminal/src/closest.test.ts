import { expect, it } from "vitest";
import { closest } from "./closest.js";

const names = ["decay-inverted", "stats-never-updated", "stats-updated-in-eval"];

it.each([
  ["decay-inverted", "decay-inverted"],
  ["decay-invertd", "decay-inverted"],
  ["decay_inverse", "decay-inverted"],
  ["stat-never-update", "stats-never-updated"],
  ["stats-updated", "stats-never-updated"],
  ["updated", undefined],
  ["", undefined],
  ["constructor", undefined],
])("%j was meant to be %j", (text, name) => {
  expect(closest(text, names)).toBe(name);
});
