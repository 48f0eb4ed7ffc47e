import type { AnyTensor, FloatDType, Rows, Shape, Tensor } from "@handgrad/tensor";

/**
 * What a pass is for. `"train"`: batch norm normalises by the batch and moves its running pair, dropout drops.
 * `"eval"`: batch norm normalises by the running pair and writes nothing, dropout does nothing.
 */
export type Mode = "train" | "eval";

/** A trained tensor and the gradient of the loss by it. `backward` adds to `grad`; an optimiser clears it. */
export interface Parameter<S extends Shape = Shape, D extends FloatDType = FloatDType> {
  readonly value: Tensor<S, D>;
  readonly grad: Tensor<S, D>;
}

/** Trained tensors by name: an optimiser sees these and nothing else. */
export type Parameters = Readonly<Record<string, Parameter>>;

/** What a layer remembers between passes and a checkpoint must save, but no optimiser may touch. */
export type State = Record<string, AnyTensor | number>;

/**
 * A layer on rows of `In` features, with rows of `Out` features as its result, computing in dtype `D`.
 * A layer of your own is any object of this shape.
 */
export interface Layer<
  out In extends number = number,
  out Out extends number = number,
  out D extends FloatDType = "float32",
> {
  /** For messages; without one they name the class. */
  readonly name?: string;
  readonly inWidth: In;
  readonly outWidth: Out;
  readonly dtype: D;
  /** Products with weights that one row takes in `forward`, for `summary`. */
  readonly multiplyAdds?: number;
  readonly params?: Parameters;
  readonly state?: State;
  /**
   * Says that the layer keeps no tensor that it was given or made beyond its next pass. If all layers of a model say so,
   * `fit` and `evaluate` use their storage again from pass to pass. A class says it of itself, not of its subclasses.
   */
  readonly transient?: boolean;
  /**
   * x[N, In] → y[N, Out]. Keeps what `backward` needs, x itself included: don't write into x between the two.
   * Never changes what an earlier call returned.
   */
  forward(x: Rows<In, D>, mode: Mode): Rows<Out, D>;
  /** dy[N, Out] → dx[N, In] for the last `forward`, adding to every parameter's `grad`. */
  backward(dy: Rows<Out, D>): Rows<In, D>;
  /** Like `backward`, without forming dx: for a layer whose dx nobody needs and whose dx costs. */
  backwardParameters?(dy: Rows<Out, D>): void;
}

/** A layer that keeps the shape and dtype of whatever it gets, like ReLU. */
export interface Elementwise {
  readonly name?: string;
  readonly inWidth?: undefined;
  readonly outWidth?: undefined;
  readonly dtype?: undefined;
  readonly multiplyAdds?: undefined;
  readonly params?: undefined;
  readonly state?: State;
  readonly transient?: boolean;
  /** y in the shape of x. Keeps what `backward` needs, x itself included: don't write into x between the two. */
  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, mode: Mode): Tensor<S, D>;
  /** dx in the shape of dy, for the last `forward`. */
  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D>;
}

/** A layer of any width and dtype. */
export type AnyLayer = Layer<number, number, FloatDType> | Elementwise;
