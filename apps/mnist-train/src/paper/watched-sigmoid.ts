import { type Elementwise, type Mode, Sigmoid } from "@handgrad/layers";
import type { FloatDType, Shape, Tensor } from "@handgrad/tensor";

/** A sigmoid under observation: what one of its units got in the last training batches. */
export class WatchedSigmoid implements Elementwise {
  readonly name = "Sigmoid";
  /** Of the inputs it keeps copies alone. */
  readonly transient = true;
  readonly #sigmoid = new Sigmoid();
  readonly #unit: number;
  readonly #batches: number;
  #seen: number[][] = [];

  constructor({ unit, batches }: { readonly unit: number; readonly batches: number }) {
    this.#unit = unit;
    this.#batches = batches;
  }

  /** Inputs of the unit in the last training batches, all rows together, in ascending order. */
  get sorted(): Float64Array {
    return Float64Array.from(this.#seen.flat()).sort();
  }

  forward<S extends Shape, D extends FloatDType>(x: Tensor<S, D>, mode: Mode): Tensor<S, D> {
    if (mode === "train") this.#keep(x);
    return this.#sigmoid.forward(x, mode);
  }

  backward<S extends Shape, D extends FloatDType>(dy: Tensor<S, D>): Tensor<S, D> {
    return this.#sigmoid.backward(dy);
  }

  #keep({ data, shape: [rows, width] }: Tensor<Shape, FloatDType>): void {
    const values = Array.from({ length: rows }, (_, i) => data[i * width + this.#unit]);
    this.#seen = [...this.#seen, values].slice(-this.#batches);
  }
}
