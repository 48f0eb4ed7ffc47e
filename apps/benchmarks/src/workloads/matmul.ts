import type { DataFiles } from "../data.js";
import type { Workload } from "../workload.js";
import { MLP } from "./training.js";

const ROWS = 128;

/** The products of a training step at batch 128, layer by layer, and one that is large. */
export function matmulWorkloads(data: DataFiles, quick: boolean): Workload[] {
  const product = (
    table: string,
    column: string,
    [m, k, n]: readonly [number, number, number],
    transposeA = false,
    transposeB = false,
    a = data.matrix(m * k, 1),
  ): Workload => ({
    table: `Matrix product, ${table}`,
    column,
    work: { kind: "matmul", m, k, n, transposeA, transposeB, a, b: data.matrix(k * n, 2) },
    show: "gigaflops",
  });
  if (quick) return [product("256 → 128", "x·W", [ROWS, 256, 128])];

  const [pixels, hidden] = MLP;
  const layers = MLP.slice(1).flatMap((out, i) => {
    const width = MLP[i];
    const table = `${width} → ${out}, ${ROWS} rows`;
    return [
      product(table, "x·W", [ROWS, width, out]),
      product(table, "xᵀ·dy", [width, ROWS, out], true),
      // The first layer's dx is nobody's.
      ...(i === 0 ? [] : [product(table, "dy·Wᵀ", [ROWS, out, width], false, true)]),
    ];
  });
  const table = `${pixels} → ${hidden}, ${ROWS} rows of digits`;
  return [
    ...layers,
    product(table, "x·W", [ROWS, pixels, hidden], false, false, data.pixels(ROWS)),
    product(table, "xᵀ·dy", [pixels, ROWS, hidden], true, false, data.pixels(ROWS)),
    product("1024 × 1024 × 1024", "A·B", [1024, 1024, 1024]),
  ];
}
