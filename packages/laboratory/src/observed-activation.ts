import { type AnyLayer, type Elementwise, isTransient, type Mode } from "@handgrad/layers";
import type { FloatDType, Rows, Shape, Tensor } from "@handgrad/tensor";

/** An activation under observation: the same function, and the last training batch that reached it. */
export class ObservedActivation implements Elementwise {
  readonly name: string;
  readonly layer: Elementwise;
  #lastBatch: Tensor<Shape, FloatDType> | undefined;

  constructor(activation: AnyLayer) {
    this.name = activation.constructor.name;
    this.layer = activation as Elementwise;
  }

  /** The batch is kept until the next pass, no longer. */
  get transient(): boolean {
    return isTransient(this.layer);
  }

  /** Input of the last training pass [N, units]: the pre-activations. */
  get lastBatch(): Rows<number, FloatDType> {
    if (!this.#lastBatch) throw new Error("ObservedActivation: there was no training pass");
    return this.#lastBatch as Rows<number, FloatDType>;
  }

  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, mode: Mode): Tensor<S, D> {
    if (mode === "train") this.#lastBatch = x as Tensor<Shape, FloatDType>;
    return this.layer.forward(x, mode);
  }

  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    return this.layer.backward(dy);
  }
}
