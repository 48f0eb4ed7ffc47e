import { expect, test } from "vitest";
import { readFixture } from "./fixture.js";

test("reads the package's fixture, with numbers that JSON does not have", () => {
  expect(readFixture(import.meta.url, "example.json")).toEqual({
    shape: [2, 2],
    data: [0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
    note: "NaN and more",
  });
});

test("says which file is missing", () => {
  const folder = import.meta.url.replace("src/fixture.test.ts", "fixtures");
  expect(() => readFixture(import.meta.url, "none.json")).toThrow(
    new Error(`readFixture: there is no ${folder}/none.json`),
  );
});

test("finds the package from a folder inside src, and needs a src", () => {
  const inside = import.meta.url.replace("fixture.test.ts", "ops/add.test.ts");
  expect(readFixture(inside, "example.json")).toMatchObject({ shape: [2, 2] });
  expect(() => readFixture("file:///package/test.ts", "example.json")).toThrow(
    new Error("readFixture: the caller must be in a src folder, got file:///package/test.ts"),
  );
});
