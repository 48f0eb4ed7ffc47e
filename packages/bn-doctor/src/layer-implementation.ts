import type { BatchNormImplementation, Declaration, Mode, MutableNumbers } from "./implementation.js";

interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: ArrayLike<number>;
}

interface ParameterLike {
  readonly value: TensorLike;
  readonly grad: TensorLike;
}

/** A batch norm layer of this project, or one that is built like it. */
export interface BatchNormLayerLike {
  readonly inWidth: number;
  readonly dtype: "float32" | "float64";
  readonly params: { readonly gamma: ParameterLike; readonly beta: ParameterLike };
  readonly state: { readonly popMean: TensorLike; readonly popVar: TensorLike; batches: number };
  readonly epsilon?: number;
  readonly decay?: number | "cumulative";
  readonly varianceCorrection?: "biased" | "unbiased";
  // As methods, so that a layer whose types ask for more than numbers fits.
  /** x[N, C] → y[N, C]; in `"train"` it moves the running pair. */
  forward(x: never, mode: Mode): TensorLike;
  /** dy[N, C] → dx[N, C] for the last `forward`, adding to the gradients of γ and β. */
  backward(dy: never): TensorLike;
}

export function isLayer(value: unknown): value is BatchNormLayerLike {
  return (
    typeof value === "object" && value !== null && "params" in value && "state" in value && !("read" in value)
  );
}

/** What a layer says of itself. */
export function declarationOf(layer: BatchNormLayerLike): Partial<Declaration> {
  const { epsilon, decay, varianceCorrection } = layer;
  return {
    ...(epsilon !== undefined && { epsilon }),
    ...(decay !== undefined && { decay }),
    ...(varianceCorrection !== undefined && { runningVariance: varianceCorrection }),
  };
}

/** A layer seen through plain numbers. Its gradients are overwritten; {@link keepingGradients} puts them back. */
export function layerImplementation(layer: BatchNormLayerLike): BatchNormImplementation {
  const { params, state, dtype, inWidth: features } = layer;
  const { gamma, beta } = params;
  const rowsOf = (data: Float32Array | Float64Array, rows: number) =>
    ({ shape: [rows, features], dtype, data }) as never;
  const arrays = {
    gamma: gamma.value.data,
    beta: beta.value.data,
    popMean: state.popMean.data,
    popVar: state.popVar.data,
  };
  return {
    features,
    precision: dtype,
    forward: (x, rows, mode) => layer.forward(rowsOf(x, rows), mode).data,
    backward: (dy, rows) => ({
      dx: layer.backward(rowsOf(dy, rows)).data,
      dgamma: gamma.grad.data,
      dbeta: beta.grad.data,
    }),
    read: () => ({ ...copies(arrays), batches: state.batches }),
    write: ({ batches, ...values }) => {
      setAll(arrays, values);
      if (batches !== undefined) state.batches = batches;
    },
    zeroGrad: () => {
      for (const { grad } of [gamma, beta]) mutable(grad.data).set(new Float64Array(features));
    },
    parameters: () => Object.values(params).map(({ value }) => mutable(value.data)),
    save: () => ({
      params: copies(valuesOf(params)),
      state: copies(tensorsOf(state)),
      batches: state.batches,
    }),
    load: (saved) => {
      const { params: savedParams, state: savedState, batches } = saved as Saved;
      setAll(valuesOf(params), savedParams);
      setAll(tensorsOf(state), savedState);
      state.batches = batches;
    },
  };
}

/** Runs `look` and puts the layer's gradients back as they were. */
export function keepingGradients<Result>({ params }: BatchNormLayerLike, look: () => Result): Result {
  const grads = { gamma: params.gamma.grad.data, beta: params.beta.grad.data };
  const before = copies(grads);
  try {
    return look();
  } finally {
    setAll(grads, before);
  }
}

type Arrays = Readonly<Record<string, ArrayLike<number>>>;

interface Saved {
  readonly params: Arrays;
  readonly state: Arrays;
  readonly batches: number;
}

const mutable = (data: ArrayLike<number>) =>
  data as MutableNumbers & { set(values: ArrayLike<number>): void };

function copies<Names extends string>(arrays: Readonly<Record<Names, ArrayLike<number>>>) {
  const entries = Object.entries<ArrayLike<number>>(arrays);
  return Object.fromEntries(entries.map(([name, data]) => [name, Float64Array.from(data)])) as Record<
    Names,
    Float64Array
  >;
}

function setAll(arrays: Arrays, values: Readonly<Record<string, ArrayLike<number> | undefined>>): void {
  for (const [name, data] of Object.entries(arrays)) {
    const written = values[name];
    if (written !== undefined) mutable(data).set(written);
  }
}

const valuesOf = (params: BatchNormLayerLike["params"]): Arrays =>
  Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value.data]));

const tensorsOf = (state: BatchNormLayerLike["state"]): Arrays =>
  Object.fromEntries(
    Object.entries(state).flatMap(([name, value]) => (typeof value === "object" ? [[name, value.data]] : [])),
  );
