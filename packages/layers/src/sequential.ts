import { DTypeError, type FloatDType, type Rows, ShapeError } from "@handgrad/tensor";
import type { AnyLayer, Layer, Mode, Parameter } from "./layer.js";
import type { Checked, DTypeOf, InOf, OutOf } from "./sequential-types.js";
import { collectParameters, readStateDict, type StateDict, writeStateDict } from "./state-dict.js";

/** Layers one after the other, from rows of `In` features to rows of `Out`. */
export interface Sequential<
  out In extends number = number,
  out Out extends number = number,
  out D extends FloatDType = "float32",
> {
  readonly layers: readonly AnyLayer[];
  /** x[N, In] → y[N, Out] through every layer. */
  forward(x: Rows<In, D>, mode: Mode): Rows<Out, D>;
  /**
   * Back through every layer, adding to every parameter's `grad`, from the gradient of the loss by the output.
   * Returns nothing, which spares the first layer's dx; with `{ inputGradient: true }` it returns dx[N, In].
   */
  backward(gradient: Rows<Out, D>): void;
  /** The same, and dx[N, In]. */
  backward(gradient: Rows<Out, D>, options: { readonly inputGradient: true }): Rows<In, D>;
  /** Trained tensors by path, such as `"1.gamma"`: index of the layer, name of the parameter. */
  parameters(): Readonly<Record<string, Parameter>>;
  /** Copies of all parameters and all state by path: `"1.gamma"`, `"1.pop_mean"`, `"1.batches"`, … */
  stateDict(): StateDict;
  /** Takes back what `stateDict` gave. @throws Error that names every missing, extra and wrongly shaped entry. */
  loadStateDict(saved: StateDict): void;
}

interface SequentialConstructor {
  /**
   * Neighbours must fit: `new Sequential(new Dense(784, 256), new BatchNorm(128))` does not compile. Widths that only
   * the run knows (`number`) compile, and are checked here.
   * @throws ShapeError or DTypeError that names the layer, what it takes and what it receives; Error for a layer that
   * stands twice, or that is a Sequential.
   */
  new <L extends readonly AnyLayer[]>(
    // [L] in brackets: the distributive form would reject generic functions over a width.
    ...layers: [L] extends [Checked<L>] ? L : Checked<L>
  ): Sequential<InOf<L>, OutOf<L>, DTypeOf<L>>;
  readonly prototype: AnySequential;
}

function checkNeighbours(layers: readonly AnyLayer[]): void {
  if (layers.length === 0) throw new Error("Sequential: needs at least one layer");
  let width: number | undefined;
  let dtype: FloatDType | undefined;
  for (const [index, layer] of layers.entries()) {
    if (typeof layer?.forward !== "function" || typeof layer.backward !== "function") {
      throw new TypeError(`Sequential: layer ${index} must have forward and backward`);
    }
    const first = layers.indexOf(layer);
    if (first !== index) {
      throw new Error(
        `Sequential: layer ${index} is the same object as layer ${first}; each place needs a layer of its own`,
      );
    }
    if ("layers" in layer) {
      throw new Error(
        `Sequential: layer ${index} is a Sequential; spread its layers instead: ...model.layers`,
      );
    }
    if (layer.inWidth !== undefined && width !== undefined && layer.inWidth !== width) {
      throw new ShapeError(
        `Sequential: layer ${index} takes ${layer.inWidth} features, but receives ${width}`,
      );
    }
    if (layer.dtype !== undefined && dtype !== undefined && layer.dtype !== dtype) {
      throw new DTypeError(`Sequential: layer ${index} computes in ${layer.dtype}, but receives ${dtype}`);
    }
    width = layer.outWidth ?? width;
    dtype = layer.dtype ?? dtype;
  }
}

type Values = Rows<number, FloatDType>;
type AnySequential = Sequential<number, number, FloatDType>;

// A class expression, so that printing a model says Sequential.
const SequentialLayers = class Sequential implements AnySequential {
  readonly layers: readonly Layer<number, number, FloatDType>[];

  constructor(...layers: readonly AnyLayer[]) {
    checkNeighbours(layers);
    // Every layer takes and returns rows here: an elementwise one keeps them.
    this.layers = layers as readonly Layer<number, number, FloatDType>[];
  }

  forward(x: Values, mode: Mode): Values {
    return this.layers.reduce((value, layer) => layer.forward(value, mode), x);
  }

  backward(gradient: Values): void;
  backward(gradient: Values, options: { readonly inputGradient: true }): Values;
  backward(gradient: Values, options?: { readonly inputGradient: true }): Values | undefined {
    const firstTrained = this.layers.findIndex((layer) => layer.params !== undefined);
    const last = options?.inputGradient ? 0 : Math.max(0, firstTrained);
    let value = gradient;
    for (let index = this.layers.length - 1; index >= last; index--) {
      const layer = this.layers[index];
      if (index === last && !options?.inputGradient && layer.backwardParameters) {
        layer.backwardParameters(value);
        return undefined;
      }
      value = layer.backward(value);
    }
    return options?.inputGradient ? value : undefined;
  }

  parameters(): Readonly<Record<string, Parameter>> {
    return collectParameters(this.layers);
  }

  stateDict(): StateDict {
    return readStateDict(this.layers);
  }

  loadStateDict(saved: StateDict): void {
    writeStateDict(this.layers, saved);
  }
};

/** Layers one after the other; see the interface of the same name. */
export const Sequential: SequentialConstructor = SequentialLayers as unknown as SequentialConstructor;
