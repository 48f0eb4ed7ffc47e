import {
  type FloatDType,
  type Matrix,
  normal as normalTensor,
  ones as oneTensor,
  type Random,
  uniform as uniformTensor,
  zeros as zeroTensor,
} from "@handgrad/tensor";

/** Makes the first weights of a layer of `[fanIn, fanOut]`. */
export type Initializer = <D extends FloatDType>(
  shape: readonly [fanIn: number, fanOut: number],
  rng: Random,
  dtype: D,
) => Matrix<number, number, D>;

/** Normal of mean 0 and this standard deviation. @throws RangeError unless it is a number of at least 0. */
export function normal({ deviation }: { readonly deviation: number }): Initializer {
  if (!(deviation >= 0 && deviation < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`normal: deviation must be a number of at least 0, got ${deviation}`);
  }
  return (shape, rng, dtype) => normalTensor(shape, rng, { deviation, dtype });
}

/** Uniform in ±limit. @throws RangeError unless it is a number of at least 0. */
export function uniform({ limit }: { readonly limit: number }): Initializer {
  if (!(limit >= 0 && limit < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`uniform: limit must be a number of at least 0, got ${limit}`);
  }
  return (shape, rng, dtype) => uniformTensor(shape, rng, { low: -limit, high: limit, dtype });
}

/** Normal of mean 0 and variance 2/fanIn, which keeps the scale of ReLU networks (He et al. 2015). Not truncated. */
export const heNormal: Initializer = (shape, rng, dtype) =>
  normal({ deviation: Math.sqrt(2 / shape[0]) })(shape, rng, dtype);

/** Uniform in ±√(6/fanIn), of the same variance as {@link heNormal}. */
export const heUniform: Initializer = (shape, rng, dtype) =>
  uniform({ limit: Math.sqrt(6 / shape[0]) })(shape, rng, dtype);

/** Normal of mean 0 and variance 2/(fanIn + fanOut), for tanh and linear layers (Glorot & Bengio 2010). Not truncated. */
export const glorotNormal: Initializer = (shape, rng, dtype) =>
  normal({ deviation: Math.sqrt(2 / (shape[0] + shape[1])) })(shape, rng, dtype);

/** Uniform in ±√(6/(fanIn + fanOut)), for tanh and linear layers (Glorot & Bengio 2010). */
export const glorotUniform: Initializer = (shape, rng, dtype) =>
  uniform({ limit: Math.sqrt(6 / (shape[0] + shape[1])) })(shape, rng, dtype);

/** Normal of mean 0 and variance 1/fanIn (LeCun et al. 1998), as SELU networks want it. Not truncated. */
export const lecunNormal: Initializer = (shape, rng, dtype) =>
  normal({ deviation: Math.sqrt(1 / shape[0]) })(shape, rng, dtype);

/** All zeros. */
export const zeros: Initializer = (shape, _rng, dtype) => zeroTensor(shape, dtype);

/** All ones. */
export const ones: Initializer = (shape, _rng, dtype) => oneTensor(shape, dtype);
