import { fromData, type Matrix, matmul, normal, Random, transpose } from "@handgrad/tensor";
import "testing";
import { expect, it } from "vitest";
import { orthogonal } from "./orthogonal.js";

const identity = (n: number) =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));

const sizes = [1, 2, 3, 4, 5, 17].flatMap((m) => [1, 2, 5, 17].map((n) => [m, n] as const));

it.each(sizes)("has orthonormal columns, or rows, to rounding: [%i, %i]", (m, n) => {
  const q = orthogonal()([m, n], new Random(m), "float64");
  const gram = m >= n ? matmul(q, q, { transposeA: true }) : matmul(q, q, { transposeB: true });
  expect(gram).toBeAllClose(identity(Math.min(m, n)), { atol: 1e-14 });
});

it.each(sizes)(
  "is the Q of the normal matrix that was drawn, with a positive diagonal of R: [%i, %i]",
  (m, n) => {
    const [length, count] = [Math.max(m, n), Math.min(m, n)];
    const q = orthogonal()([m, n], new Random(7), "float64");
    const tall = (m >= n ? q : transpose(q)) as Matrix<number, number, "float64">;
    // Drawn column by column: the same numbers as rows.
    const drawn = normal([count, length], new Random(7), { dtype: "float64" });
    const r = matmul(tall as never, drawn as never, { transposeA: true, transposeB: true }).data;
    for (let i = 0; i < count; i++) {
      expect(r[i * count + i]).toBeGreaterThan(0);
      for (let j = 0; j < i; j++) expect(Math.abs(r[i * count + j])).toBeLessThan(1e-13);
    }
  },
);

it("stays orthogonal where columns nearly coincide", () => {
  // 60 normal columns of length 60 are ill-conditioned: one pass of Gram and Schmidt leaves 1e-13, two leave rounding.
  const q = orthogonal()([60, 60], new Random(1), "float64");
  expect(matmul(q, q, { transposeA: true })).toBeAllClose(identity(60), { atol: 2e-15 });
});

it("gain scales it, and float32 rounds once", () => {
  const q = orthogonal()([3, 5], new Random(2), "float64");
  const doubled = orthogonal({ gain: 2 })([3, 5], new Random(2), "float64");
  expect(doubled).toEqual(
    fromData(
      q.data.map((value) => 2 * value),
      [3, 5],
    ),
  );
  expect(orthogonal()([3, 5], new Random(2), "float32").data).toEqual(Float32Array.from(q.data));
  expect(() => orthogonal({ gain: Number.NaN })).toThrow(
    new RangeError("orthogonal: gain must be a finite number, got NaN"),
  );
});
