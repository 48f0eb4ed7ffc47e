import {
  type FloatDType,
  fromData,
  mul,
  Random,
  requireShape,
  type Shape,
  type Tensor,
  type Vector,
  zeros,
} from "@handgrad/tensor";
import { defaultRandom } from "./default-random.js";
import type { Elementwise, Mode } from "./layer.js";
import { requireForward, requireMode } from "./require.js";

/** Each element 0 with probability p, else 1/(1 − p), so that the mean stays 1. Drawn in row-major order. */
export function dropoutMask<S extends Shape, D extends FloatDType>(
  shape: S,
  p: number,
  rng: Random,
  dtype: D,
): Tensor<S, D> {
  const mask = zeros(shape, dtype) as Tensor<S, D>;
  const kept = 1 / (1 - p);
  for (let i = 0; i < mask.data.length; i++) mask.data[i] = rng.uniform() < p ? 0 : kept;
  return mask;
}

/** y = mask·x; NaN stays NaN, dropped or not. */
export function dropout<S extends Shape, D extends FloatDType>(
  x: Tensor<S, D>,
  mask: Tensor<S, D>,
): Tensor<S, D> {
  requireShape("dropout: mask", mask.shape, x.shape);
  return mul(x, mask);
}

/** dx = mask·dy. */
export function dropoutBackward<S extends Shape, D extends FloatDType>(
  dy: Tensor<S, D>,
  mask: Tensor<S, D>,
): Tensor<S, D> {
  requireShape("dropoutBackward: dy", dy.shape, mask.shape);
  return mul(dy, mask);
}

export interface DropoutOptions {
  /** Draws the seed of the layer's own generator; without one, all layers share one that is always seeded the same. */
  readonly rng?: Random;
}

/**
 * In `"train"` mode each element is dropped with probability p and the others are divided by 1 − p (inverted dropout,
 * Srivastava et al. 2014); in `"eval"` mode y is x itself. Keeps any shape and dtype.
 *
 * The layer draws from a generator of its own, whose four words are `state.random`: a model that is loaded from
 * `stateDict()` goes on with the masks that it would have drawn.
 */
export class Dropout implements Elementwise {
  readonly p: number;
  readonly state: { readonly random: Vector<4, "int32"> };
  /** Of the last forward pass; without a mask it was an evaluation. */
  #pass: { readonly shape: Shape; readonly mask?: Tensor<Shape, FloatDType> } | undefined;

  /** @throws RangeError unless p is in [0, 1). */
  constructor(p: number, { rng = defaultRandom() }: DropoutOptions = {}) {
    if (!(p >= 0 && p < 1)) throw new RangeError(`Dropout: p must be in [0, 1), got ${p}`);
    this.p = p;
    const { words } = new Random(rng.integer(2 ** 53)).save();
    this.state = { random: fromData(Int32Array.from(words), [4]) };
  }

  get transient(): true {
    return true;
  }

  /** @throws RangeError for another mode. */
  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, mode: Mode): Tensor<S, D> {
    requireMode("Dropout.forward", mode);
    if (mode === "eval") {
      this.#pass = { shape: x.shape };
      return x;
    }
    const mask = this.#draw(x);
    this.#pass = { shape: x.shape, mask };
    return dropout(x, mask);
  }

  /** By the mask of the last forward pass. @throws Error without one, ShapeError where dy has not its shape. */
  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    const { shape, mask } = requireForward("Dropout", this.#pass);
    requireShape("Dropout.backward: dy", dy.shape, shape);
    return mask ? dropoutBackward(dy, mask as Tensor<S, D>) : dy;
  }

  #draw<S extends Shape, D extends FloatDType>({ shape, dtype }: Tensor<S, D>): Tensor<S, D> {
    const held = this.state.random.data;
    const rng = new Random(0);
    rng.restore({ words: [held[0], held[1], held[2], held[3]] });
    const mask = dropoutMask(shape, this.p, rng, dtype);
    held.set(rng.save().words);
    return mask;
  }
}
