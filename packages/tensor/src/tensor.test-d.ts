import { expectShape } from "./expect-shape.js";
import { add, type Broadcastable, cast, div, exp, log, maximum, mul, sqrt, sub } from "./ops/elementwise.js";
import { gatherRows, oneHot, reshape, sliceRows, transpose } from "./ops/layout.js";
import { matmul } from "./ops/matmul.js";
import { normal, permutation, uniform } from "./ops/random.js";
import { argmax, max, mean, sum, variance } from "./ops/reduce.js";
import type { Random } from "./random.js";
import type { Fit } from "./shape.js";
import {
  clone,
  fromData,
  full,
  type Matrix,
  type Rows,
  type Tensor,
  tensor,
  type Vector,
  zeros,
} from "./tensor.js";

/** Compiles only if the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_same: Same<A, B>): void => {};
declare const width: number;

const a = zeros([2, 3]);
const b = zeros([3, 4]);
const rows = fromData(new Float32Array(6), [width, 3]);

same<typeof a, Tensor<readonly [2, 3]>>(true);
same<ReturnType<typeof literal>, Tensor<readonly [2, 2], "float64">>(true);
const literal = () =>
  tensor(
    [
      [1, 2],
      [3, 4],
    ],
    "float64",
  );
// @ts-expect-error rows of different lengths
tensor([[1, 2], [3]]);

// @ts-expect-error without a dtype it is float32, whatever the context asks for
export const wrongDType: Tensor<readonly [2], "float64"> = zeros([2]);

const ab = matmul(a, b);
same<typeof ab, Matrix<2, 4>>(true);
// @ts-expect-error inner sizes differ: 3 and 2
matmul(a, a);
const gram = matmul(a, a, { transposeA: true });
same<typeof gram, Matrix<3, 3>>(true);
const outer = matmul(a, a, { transposeB: true });
same<typeof outer, Matrix<2, 2>>(true);
// @ts-expect-error dtypes differ
matmul(a, zeros([3, 4], "float64"));
// @ts-expect-error integers do not multiply as matrices
matmul(zeros([2, 2], "int32"), zeros([2, 2], "int32"));
matmul(rows, b);
matmul(zeros([2, width]), b);

declare const oneOrMany: number | Tensor<readonly [2, 3]>;
same<ReturnType<typeof either>, Tensor<readonly [2, 3]>>(true);
const either = () => add(a, oneOrMany);
const broadcast = add(a, zeros([3]));
same<typeof broadcast, Tensor<readonly [2, 3]>>(true);
const stretched = add(zeros([2, 1]), zeros([1, 5]));
same<typeof stretched, Tensor<readonly [2, 5]>>(true);
const scaled = add(a, 1);
same<typeof scaled, Tensor<readonly [2, 3]>>(true);
const open = add(rows, zeros([3]));
same<typeof open, Tensor<readonly [number, 3]>>(true);
// @ts-expect-error shapes [2, 3] and [2] do not broadcast
add(a, zeros([2]));
// @ts-expect-error dtypes differ
add(a, zeros([2, 3], "float64"));
// @ts-expect-error division is for floating dtypes
div(zeros([2], "int32"), zeros([2], "int32"));

const total = sum(a);
same<typeof total, Tensor<readonly []>>(true);
const column = mean(a, 0);
same<typeof column, Tensor<readonly [3]>>(true);
const kept = variance(a, 1, { keepDims: true });
same<typeof kept, Tensor<readonly [2, 1]>>(true);
const last = sum(a, -1);
same<typeof last, Tensor<readonly [2]>>(true);
const best = argmax(a, 1);
same<typeof best, Tensor<readonly [2], "int32">>(true);

const toOne = max(a, undefined, { keepDims: false });
same<typeof toOne, Tensor<readonly []>>(true);
const known = sum(zeros([2, 3, 4]), -2);
same<typeof known, Tensor<readonly [2, 4]>>(true);
const lastKept = mean(zeros([2, 3, 4]), -1, { keepDims: true });
same<typeof lastKept, Tensor<readonly [2, 3, 1]>>(true);
declare const firstOrLast: 0 | -1;
const eitherAxis = sum(a, firstOrLast);
same<typeof eitherAxis, Tensor<readonly [3] | readonly [2]>>(true);
declare const axisOrNone: number | undefined;
sum(a, axisOrNone);
sum(a, width);
sum(a as Tensor, 7);
const fiveAxes = sum(zeros([1, 2, 3, 4, 5]), 4);
same<typeof fiveAxes, Tensor<readonly [1, 2, 3, 4]>>(true);
// @ts-expect-error two axes have no third
sum(a, 2);
// @ts-expect-error two axes have no third from the end
mean(a, -3);
// @ts-expect-error a scalar has no axis
variance(zeros([]), 0);
// @ts-expect-error an axis is an integer
max(a, 0.5);
// @ts-expect-error two axes have no third
argmax(a, 2, { keepDims: true });

const flat = reshape(a, [6]);
same<typeof flat, Tensor<readonly [6]>>(true);
const turned = transpose(a);
same<typeof turned, Matrix<3, 2>>(true);
const slice = sliceRows(a, 0, 1);
same<typeof slice, Rows<3>>(true);
const gathered = gatherRows(a, [0, 0]);
same<typeof gathered, Rows<3>>(true);
const hot = oneHot([1, 2], 10);
same<typeof hot, Rows<10>>(true);
const checked = expectShape(rows as Tensor, [null, 3]);
same<typeof checked, Rows<3>>(true);

const takesAny = (_x: Tensor): void => {};
takesAny(a);
const takesRows = <F extends number>(_x: Rows<F>): void => {};
takesRows(a);
// @ts-expect-error one axis is not rows
takesRows(flat);

// What the messages say is ours; how a compiler quotes them is not.
same<Fit<unknown, 3, 2, "inner sizes differ: 3 and 2">, "inner sizes differ: 3 and 2">(true);
same<
  Parameters<typeof matmul<2, 3, 2, 3, "float32">>[1] & string,
  `matmul: inner sizes differ: ${3} and ${2}` & Matrix<2, 3>
>(true);
same<Broadcastable<readonly [2, 3], readonly [2]>, "shapes [2, 3] and [2] do not broadcast">(true);

// Programs that are generic over a width or a shape.
export const addBias = <F extends number>(x: Rows<F>, bias: Vector<F>): Rows<F> => add(x, bias);
export const centred = <F extends number>(x: Rows<F>): Rows<F> => sub(x, mean(x, 1, { keepDims: true }));
export const square = <S extends readonly number[]>(x: Tensor<S>): Tensor<S> => mul(x, x);
export const ofAnyShape = <S extends readonly number[]>(x: Tensor<S>) => sum(x, 0);
export const ofRows = <F extends number>(x: Rows<F>): Vector<F> => sum(x, 0);
export const project = <F extends number>(x: Rows<F>, w: Matrix<F, 4>): Rows<4> => matmul(x, w);

declare const rng: Random;
const bytes = zeros([2, 3], "uint8");
const double = zeros([2, 3], "float64");
// @ts-expect-error dtypes differ
sub(a, double);
// @ts-expect-error shapes [2, 3] and [4] do not broadcast
mul(a, zeros([4]));
// @ts-expect-error dtypes differ
maximum(a, bytes);
// @ts-expect-error exp is for floating dtypes
exp(bytes);
// @ts-expect-error log is for floating dtypes
log(bytes);
// @ts-expect-error sqrt is for floating dtypes
sqrt(bytes);
// @ts-expect-error there is no float16
cast(a, "float16");
// @ts-expect-error a matrix has two axes
transpose(flat);
// @ts-expect-error a shape is a list of sizes
reshape(a, 6);
// @ts-expect-error rows are counted by numbers
sliceRows(a, "1");
// @ts-expect-error indices are numbers
gatherRows(a, ["0"]);
// @ts-expect-error labels are one axis of integers
oneHot(a, 3);
// @ts-expect-error sum is for floating dtypes
sum(bytes);
// @ts-expect-error mean is for floating dtypes
mean(bytes);
// @ts-expect-error variance is for floating dtypes
variance(bytes);
// @ts-expect-error an axis is a number
max(a, "0");
// @ts-expect-error an axis is a number
argmax(a, "0");
// @ts-expect-error random numbers are floating
uniform([2], rng, { dtype: "int32" });
// @ts-expect-error random numbers need a generator
normal([2]);
// @ts-expect-error a permutation needs a generator
permutation(3);
// @ts-expect-error a value is a number
full([2], "1");
// @ts-expect-error 64-bit integers are no dtype
fromData(new BigInt64Array(2), [2]);
// @ts-expect-error a tensor, not its data
clone(a.data);
// @ts-expect-error the checked shape is another
export const wrongRows: Rows<4> = expectShape(rows as Tensor, [null, 3]);
