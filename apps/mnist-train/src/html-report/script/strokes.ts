import type { Series } from "../chart-data.js";

/** Lengths of dashes and gaps, in pixels. */
export const DASHES: Readonly<Record<Exclude<Series["stroke"], "marks" | "target" | "edge">, number[]>> = {
  solid: [],
  dashed: [8, 4],
  dotted: [2, 3],
};
