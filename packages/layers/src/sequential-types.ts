import type { Fit, FloatDType } from "@handgrad/tensor";
import type { AnyLayer } from "./layer.js";

// A tail-recursive walk over the tuple of layers. P and T are the width and dtype that arrive at a layer; `unknown`
// means that none is known yet, `number` one that only the run knows.

type InWidth<L, Else> = L extends { readonly inWidth: infer W extends number } ? W : Else;
type OutWidth<L, Else> = L extends { readonly outWidth: infer W extends number } ? W : Else;
type DTypeAt<L, Else> = L extends { readonly dtype: infer D extends FloatDType } ? D : Else;
type List = readonly unknown[];

/** The layer itself where width and dtype fit what arrives, else a literal type that says what is wrong. */
type At<L, P, T, Index> = Fit<
  Fit<
    L,
    DTypeAt<L, T>,
    T,
    `layer ${Index & number} computes in ${DTypeAt<L, T> & string}, but receives ${T & string}`
  >,
  InWidth<L, P>,
  P,
  `layer ${Index & number} takes ${InWidth<L, P> & number} features, but receives ${P & number}`
>;

/**
 * The tuple `L` with every layer that does not fit its predecessor replaced by a message.
 * `Tail` is what follows a spread array, which may stand anywhere among the layers.
 */
export type Checked<
  L extends List,
  P = unknown,
  T = unknown,
  Done extends List = [],
  Tail extends List = [],
> = L extends readonly [infer Head, ...infer Rest]
  ? Checked<Rest, OutWidth<Head, P>, DTypeAt<Head, T>, [...Done, At<Head, P, T, Done["length"]>], Tail>
  : L extends readonly [...infer Body, infer Last]
    ? Checked<Body, P, T, Done, [Last, ...Tail]>
    : L extends readonly []
      ? Tail extends readonly []
        ? Done
        : Checked<Tail, P, T, Done>
      : Checked<
          Tail,
          P | OutWidth<L[number], P>,
          T | DTypeAt<L[number], T>,
          [...Done, ...At<L[number], P, T, Done["length"]>[]]
        >;

/** Width of the first layer that has one, else `number`. */
export type InOf<L> = L extends readonly [infer Head, ...infer Rest]
  ? Head extends { readonly inWidth: infer W extends number }
    ? W
    : InOf<Rest>
  : number;

/** Width of the last layer that has one, else `number`. */
export type OutOf<L> = L extends readonly [...infer Rest, infer Last]
  ? Last extends { readonly outWidth: infer W extends number }
    ? W
    : OutOf<Rest>
  : number;

/** Dtype of the layers that have one, else either. */
export type DTypeOf<L extends readonly AnyLayer[]> = [
  Extract<L[number], { readonly dtype: FloatDType }>,
] extends [never]
  ? FloatDType
  : Extract<L[number], { readonly dtype: FloatDType }>["dtype"];
