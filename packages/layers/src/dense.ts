import {
  clone,
  type FloatDType,
  kernels,
  type Matrix,
  matmul,
  type Random,
  type Rows,
  requireShape,
  type Vector,
  zeros,
} from "@handgrad/tensor";
import { defaultRandom } from "./default-random.js";
import { heNormal, type Initializer } from "./initializers.js";
import type { Layer, Mode, Parameter } from "./layer.js";
import { parameter } from "./parameter.js";
import { requireForward, requireInput, requireWidth } from "./require.js";

/**
 * y = x·W + b with x[N, In], W[In, Out], b[Out], y[N, Out].
 * @throws ShapeError where widths disagree.
 */
export function dense<In extends number, Out extends number, D extends FloatDType>(
  x: Rows<In, D>,
  weight: Matrix<NoInfer<In>, Out, NoInfer<D>>,
  bias?: Vector<NoInfer<Out>, NoInfer<D>>,
): Rows<Out, D> {
  requireShape("dense: x", x.shape, [null, weight.shape[0]]);
  const y = matmul(x, weight);
  if (bias) {
    requireShape("dense: bias", bias.shape, [weight.shape[1]]);
    kernels().addRow(y.data, bias.data, y.shape[0], y.shape[1]);
  }
  return y;
}

export interface DenseGradients<In extends number, Out extends number, D extends FloatDType> {
  readonly dx: Rows<In, D>;
  readonly dWeight: Matrix<In, Out, D>;
  readonly dBias: Vector<Out, D>;
}

/**
 * dx = dy·Wᵀ, dW = xᵀ·dy, db = Σ dy over the rows.
 * @throws ShapeError where dy is not [N, Out] of the forward pass.
 */
export function denseBackward<In extends number, Out extends number, D extends FloatDType>(
  dy: Rows<Out, D>,
  x: Rows<In, NoInfer<D>>,
  weight: Matrix<NoInfer<In>, NoInfer<Out>, NoInfer<D>>,
): DenseGradients<In, Out, D> {
  requireShape("denseBackward: x", x.shape, [null, weight.shape[0]]);
  const dWeight = zeros(weight.shape, weight.dtype) as Matrix<In, Out, D>;
  const dBias = zeros([weight.shape[1]], weight.dtype) as Vector<Out, D>;
  addDenseGradients(dWeight, dBias, dy, x);
  return { dx: matmul(dy, weight, { transposeB: true }), dWeight, dBias };
}

/** dWeight += xᵀ·dy, dBias += Σ dy: the parameters' part of {@link denseBackward}, in place. */
function addDenseGradients(
  dWeight: Matrix<number, number, FloatDType>,
  dBias: Vector<number, FloatDType> | undefined,
  dy: Rows<number, FloatDType>,
  x: Rows<number, FloatDType>,
): void {
  const [n, inWidth] = x.shape;
  const outWidth = dWeight.shape[1];
  requireShape("denseBackward: dy", dy.shape, [n, outWidth]);
  kernels().matmul(dWeight.data, x.data, dy.data, inWidth, n, outWidth, true, false, true);
  if (dBias) kernels().addColumnSums(dBias.data, dy.data, n, outWidth);
}

export interface DenseOptions<D extends FloatDType = "float32"> {
  /** Whether there is a bias; default true. Before a batch norm it does nothing. */
  readonly bias?: boolean;
  /** First weights; default {@link heNormal}. The bias starts at 0. */
  readonly init?: Initializer;
  /** Random numbers for `init`; without one, all layers share a generator that is always seeded the same. */
  readonly rng?: Random;
  readonly dtype?: D;
}

type DenseParameters<In extends number, Out extends number, D extends FloatDType> = {
  readonly weight: Parameter<readonly [In, Out], D>;
  readonly bias?: Parameter<readonly [Out], D>;
};

/** y = x·W + b, with `params.weight` [In, Out] and `params.bias` [Out]. */
export class Dense<In extends number = number, Out extends number = number, D extends FloatDType = "float32">
  implements Layer<In, Out, D>
{
  readonly inWidth: In;
  readonly outWidth: Out;
  readonly dtype: D;
  readonly multiplyAdds: number;
  readonly params: DenseParameters<In, Out, D>;
  #x: Rows<In, D> | undefined;

  /** @throws RangeError where a width is no positive integer. */
  constructor(inFeatures: In, outFeatures: Out, options: DenseOptions<D> = {}) {
    requireWidth("Dense: inFeatures", inFeatures);
    requireWidth("Dense: outFeatures", outFeatures);
    const { bias = true, init = heNormal, rng = defaultRandom(), dtype = "float32" as D } = options;
    this.inWidth = inFeatures;
    this.outWidth = outFeatures;
    this.dtype = dtype;
    this.multiplyAdds = inFeatures * outFeatures;
    const weight = init([inFeatures, outFeatures], rng, dtype) as Matrix<In, Out, D>;
    requireInput("Dense: what init returns", weight, [inFeatures, outFeatures], dtype);
    this.params = {
      weight: parameter(clone(weight)),
      ...(bias && { bias: parameter(zeros([outFeatures], dtype) as Vector<Out, D>) }),
    };
  }

  get transient(): true {
    return true;
  }

  /** See {@link dense}. @throws ShapeError or DTypeError unless x is [N, In] in the layer's dtype. */
  forward(x: Rows<In, D>, _mode: Mode): Rows<Out, D> {
    requireInput("Dense.forward: x", x, [null, this.inWidth], this.dtype);
    this.#x = x;
    return dense(x, this.params.weight.value, this.params.bias?.value);
  }

  /** See {@link denseBackward}; adds dW and db to the parameters' `grad`. */
  backward(dy: Rows<Out, D>): Rows<In, D> {
    this.backwardParameters(dy);
    return matmul(dy, this.params.weight.value, { transposeB: true });
  }

  /** Adds dW and db, and leaves out dx, which for a first layer is a third of the work for nobody. */
  backwardParameters(dy: Rows<Out, D>): void {
    const x = requireForward("Dense", this.#x);
    requireInput("Dense.backward: dy", dy, [x.shape[0], this.outWidth], this.dtype);
    addDenseGradients(this.params.weight.grad, this.params.bias?.grad, dy, x);
  }
}
