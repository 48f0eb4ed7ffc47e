import type { FloatDType } from "../dtype.js";
import { kernels } from "../engines/select.js";
import { ShapeError } from "../errors.js";
import { type Fit, formatShape, requireShape } from "../shape.js";
import { type Matrix, wrap } from "../tensor.js";
import { fresh } from "../workspace.js";
import { requireFloat, requireSameDType } from "./require.js";

export interface MatmulOptions<TA extends boolean = boolean, TB extends boolean = boolean> {
  /** Use aᵀ in place of a. */
  readonly transposeA?: TA;
  /** Use bᵀ in place of b. */
  readonly transposeB?: TB;
}

type If<Condition extends boolean, Then, Else> = Condition extends true ? Then : Else;

/**
 * op(a)·op(b), [m, k]·[k, n] → [m, n], where op transposes if the option says so.
 * Sums run in the order of k and in the operands' precision, so that every engine gives the same bits.
 * @throws ShapeError where the inner sizes differ, DTypeError for integers and mixed dtypes.
 */
export function matmul<
  A0 extends number,
  A1 extends number,
  B0 extends number,
  B1 extends number,
  D extends FloatDType,
  TA extends boolean = false,
  TB extends boolean = false,
>(
  a: Matrix<A0, A1, D>,
  b: Matrix<B0, B1, NoInfer<D>> &
    Fit<
      unknown,
      If<TA, A0, A1>,
      If<TB, B1, B0>,
      `matmul: inner sizes differ: ${If<TA, A0, A1>} and ${If<TB, B1, B0>}`
    >,
  options?: MatmulOptions<TA, TB>,
): Matrix<If<TA, A1, A0>, If<TB, B0, B1>, D> {
  requireFloat("matmul", a);
  requireSameDType("matmul", a, b);
  requireShape("matmul: a", a.shape, [null, null]);
  requireShape("matmul: b", b.shape, [null, null]);
  const { transposeA = false, transposeB = false } = options ?? {};
  const [m, k]: readonly number[] = transposeA ? [a.shape[1], a.shape[0]] : a.shape;
  const [inner, n]: readonly number[] = transposeB ? [b.shape[1], b.shape[0]] : b.shape;
  if (k !== inner) {
    const written = (shape: readonly number[], transposed: boolean) =>
      formatShape(shape) + (transposed ? "ᵀ" : "");
    throw new ShapeError(
      `matmul: inner sizes differ: ${written(a.shape, transposeA)} · ${written(b.shape, transposeB)} (${k} and ${inner})`,
    );
  }
  const out = fresh(a.dtype, m * n);
  kernels().matmul(out, a.data, b.data, m, k, n, transposeA, transposeB, false);
  return wrap([m, n] as never, a.dtype, out);
}
