import { describe, expect, it } from "vitest";
import { dark, light } from "./theme.js";

/** WCAG 2: relative luminance of "#rrggbb". */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5].map((i) => {
    const part = Number.parseInt(color.slice(i, i + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [dim, bright] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (bright + 0.05) / (dim + 0.05);
}

it("the contrast is that of WCAG", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 10);
  expect(contrast("#767676", "#ffffff")).toBeCloseTo(4.54, 2);
});

describe.each(Object.entries({ light, dark }))("the %s theme", (_, theme) => {
  it("has text with a contrast of 4.5 (WCAG AA), on cards and beside them", () => {
    for (const name of ["text", "muted", "good", "bad", "warn", "link"] as const) {
      for (const ground of ["card", "page"] as const) {
        expect(contrast(theme[name], theme[ground]), `${name} on ${ground}`).toBeGreaterThan(4.5);
      }
    }
  });

  it("has lines with a contrast of 3 (WCAG AA for graphics), all of them different", () => {
    for (const color of theme.series) expect(contrast(color, theme.card), color).toBeGreaterThan(3);
    expect(new Set(theme.series).size).toBe(theme.series.length);
  });
});
