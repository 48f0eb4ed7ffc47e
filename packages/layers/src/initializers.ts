import {
  type FloatDType,
  type Matrix,
  normal,
  type Random,
  uniform,
  zeros as zeroTensor,
} from "@handgrad/tensor";

/** Makes the first weights of a layer of `[fanIn, fanOut]`. */
export type Initializer = <D extends FloatDType>(
  shape: readonly [fanIn: number, fanOut: number],
  rng: Random,
  dtype: D,
) => Matrix<number, number, D>;

/** Normal of mean 0 and variance 2/fanIn, which keeps the scale of ReLU networks (He et al. 2015). */
export const heNormal: Initializer = (shape, rng, dtype) =>
  normal(shape, rng, { deviation: Math.sqrt(2 / shape[0]), dtype });

/** Uniform in ±√(6/(fanIn + fanOut)), for tanh and linear layers (Glorot & Bengio 2010). */
export const glorotUniform: Initializer = (shape, rng, dtype) => {
  const limit = Math.sqrt(6 / (shape[0] + shape[1]));
  return uniform(shape, rng, { low: -limit, high: limit, dtype });
};

/** All zeros. */
export const zeros: Initializer = (shape, _rng, dtype) => zeroTensor(shape, dtype);
