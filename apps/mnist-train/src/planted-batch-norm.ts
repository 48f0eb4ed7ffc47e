import type { Mode } from "@handgrad/layers";
import { fromData, type Rows, type Vector } from "@handgrad/tensor";
import type { PlainBatchNorm } from "bn-faults";
import type { BatchNormLayer } from "./batch-norm-layer.js";

const vector = (numbers: PlainBatchNorm["gamma"]): Vector =>
  fromData(numbers as Float32Array, [numbers.length]);

/**
 * A plain float32 batch norm of bn-faults as a layer of a network. Parameters, gradients and running pair share their
 * memory with it, so optimiser and state dict reach them as they reach any layer's.
 */
export class PlantedBatchNorm implements BatchNormLayer {
  readonly dtype = "float32";
  readonly inWidth: number;
  readonly outWidth: number;
  readonly params: BatchNormLayer["params"];
  readonly state: BatchNormLayer["state"];
  readonly #plain: PlainBatchNorm;

  constructor(plain: PlainBatchNorm) {
    this.#plain = plain;
    this.inWidth = plain.gamma.length;
    this.outWidth = plain.gamma.length;
    this.params = {
      gamma: { value: vector(plain.gamma), grad: vector(plain.gammaGradient) },
      beta: { value: vector(plain.beta), grad: vector(plain.betaGradient) },
    };
    this.state = {
      popMean: vector(plain.popMean),
      popVar: vector(plain.popVar),
      get batches() {
        return plain.batches;
      },
      set batches(count: number) {
        plain.batches = count;
      },
    };
  }

  forward(x: Rows, mode: Mode): Rows {
    const y = this.#plain.forward(x.data, x.shape[0], mode);
    return fromData(y as Float32Array, [...x.shape]) as Rows;
  }

  backward(dy: Rows): Rows {
    const dx = this.#plain.backward(dy.data, dy.shape[0]);
    return fromData(dx as Float32Array, [...dy.shape]) as Rows;
  }
}
