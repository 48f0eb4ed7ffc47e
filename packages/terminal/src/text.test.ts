import { expect, it } from "vitest";
import { columnsOf, textWidth, wrap } from "./text.js";

it.each([
  [{}, 80],
  [{ columns: 0 }, 80],
  [{ columns: 40 }, 40],
  [{ columns: 100 }, 100],
  [{ columns: 250 }, 100],
])("running text on %j is %i wide", (stream, width) => {
  expect(textWidth(stream)).toBe(width);
});

it("counts columns, not code units", () => {
  expect(columnsOf("x\u0302·mean(dy·x\u0302)")).toBe(12);
});

it.each([
  ["one two three", 7, "", "one two\nthree"],
  ["one two three", 6, "", "one\ntwo\nthree"],
  ["one two three", 9, "  ", "  one two\n  three"],
  ["one two three", 8, "  ", "  one\n  two\n  three"],
  ["extraordinary is", 5, " ", " extraordinary\n is"],
  ["x\u0302 x\u0302 x\u0302", 3, "", "x\u0302 x\u0302\nx\u0302"],
  ["", 5, "  ", "  "],
])("wraps %j in %i columns behind %j", (text, width, indent, lines) => {
  expect(wrap(text, width, indent)).toBe(lines);
});
