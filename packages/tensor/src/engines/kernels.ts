import type { Data, FloatData } from "../dtype.js";
import type { Shape } from "../shape.js";

export type BinaryOperation = "add" | "sub" | "mul" | "div" | "maximum";
/** GELU is x·Φ(x) (`"gelu"`) or x·σ(2·√(2/π)·(x + 0.044715·x³)) (`"geluTanh"`). */
export type ActivationOperation = "sigmoid" | "tanh" | "gelu" | "geluTanh";
export type UnaryOperation = "exp" | "log" | "sqrt" | ActivationOperation;

/**
 * The arithmetic of an engine: plain functions over row-major storage and sizes. Ops and layers check shapes and
 * allocate; kernels trust what they get. Whatever is written comes first. An engine is an object literal that
 * `satisfies Kernels`, so that a missing kernel does not compile.
 *
 * Three rules hold for every engine. Each output element sums in the order of the summed index, so that neither batch
 * size nor tiling nor skipped zeros changes a bit. Products and sums of matmul are rounded to the elements' precision;
 * every other sum is kept in float64. All engines give the same bits.
 */
export interface Kernels {
  readonly name: string;

  /**
   * out[m, n] = op(a)·op(b), or += where `accumulate`: then each sum begins with what `out` holds. op(a) is [m, k],
   * op(b) is [k, n]; a transposed operand is stored the other way round.
   */
  matmul(
    out: FloatData,
    a: FloatData,
    b: FloatData,
    m: number,
    k: number,
    n: number,
    transposeA: boolean,
    transposeB: boolean,
    accumulate: boolean,
  ): void;

  /** x = 0. */
  clear(x: FloatData): void;

  /** out = a ∘ b over `shape`; an operand's stride of 0 repeats it along that axis. */
  binary(
    operation: BinaryOperation,
    out: Data,
    a: Data,
    b: Data,
    shape: Shape,
    aStrides: readonly number[],
    bStrides: readonly number[],
  ): void;
  /** out = f(x), elementwise. */
  unary(operation: UnaryOperation, out: FloatData, x: FloatData): void;
  /** dx = dy·f′(x). It takes x and not f(x): where f levels off, its rounded value has lost f′. */
  unaryBackward(operation: ActivationOperation, dx: FloatData, dy: FloatData, x: FloatData): void;

  /** out[o, i] = Σₗ x[o, l, i] over x[outer, length, inner]. */
  sum(out: FloatData, x: FloatData, outer: number, length: number, inner: number): void;
  /** The greatest of x[o, ·, i]; NaN if one of them is NaN. */
  max(out: Data, x: Data, outer: number, length: number, inner: number): void;
  /** The first l at which x[o, l, i] is greatest; the first NaN counts as greatest. */
  argmax(out: Int32Array, x: Data, outer: number, length: number, inner: number): void;
  /** mean and Σ(x − mean)²/length of x[o, ·, i], by two passes. */
  moments(
    mean: FloatData,
    variance: FloatData,
    x: FloatData,
    outer: number,
    length: number,
    inner: number,
  ): void;

  /** x[i, j] += row[j]. */
  addRow(x: FloatData, row: FloatData, rows: number, columns: number): void;
  /** out[j] += Σᵢ x[i, j]. */
  addColumnSums(out: FloatData, x: FloatData, rows: number, columns: number): void;

  /** y = max(x, 0); NaN stays NaN. */
  relu(y: FloatData, x: FloatData): void;
  /** dx = dy where x > 0, else 0; NaN where x is NaN. */
  reluBackward(dx: FloatData, dy: FloatData, x: FloatData): void;
  /** y = x where x > 0, else slope·x. */
  leakyRelu(y: FloatData, x: FloatData, slope: number): void;
  /** dx = dy where x > 0, else slope·dy; NaN where x is NaN. */
  leakyReluBackward(dx: FloatData, dy: FloatData, x: FloatData, slope: number): void;

  /** y[i] = softmax(x[i]) of each row: eˣ/Σ eˣ, the greatest x taken off first. */
  softmax(y: FloatData, x: FloatData, rows: number, columns: number): void;
  /** dx[i, j] = y[i, j]·(dy[i, j] − Σₖ dy[i, k]·y[i, k]). */
  softmaxBackward(dx: FloatData, dy: FloatData, y: FloatData, rows: number, columns: number): void;
  /** y[i] = log softmax(x[i]) of each row: x − log Σ eˣ, the greatest x taken off first. */
  logSoftmax(y: FloatData, x: FloatData, rows: number, columns: number): void;
  /** dx[i, j] = dy[i, j] − exp(y[i, j])·Σₖ dy[i, k]. */
  logSoftmaxBackward(dx: FloatData, dy: FloatData, y: FloatData, rows: number, columns: number): void;

  /** y[i, j] = γ[j]·(x[i, j] − mean[j])·r[j] + β[j]. */
  normalize(
    y: FloatData,
    x: FloatData,
    mean: Float64Array,
    r: Float64Array,
    gamma: FloatData,
    beta: FloatData,
    rows: number,
    columns: number,
  ): void;
  /** sumDy[j] = Σᵢ dy[i, j] and sumDyXhat[j] = Σᵢ dy[i, j]·x̂[i, j], with x̂ = (x − mean)·r. */
  normalizeSums(
    sumDy: Float64Array,
    sumDyXhat: Float64Array,
    dy: FloatData,
    x: FloatData,
    mean: Float64Array,
    r: Float64Array,
    rows: number,
    columns: number,
  ): void;
  /** dx[i, j] = γ[j]·r[j]·(dy[i, j] − sumDy[j]/rows − x̂[i, j]·sumDyXhat[j]/rows). */
  normalizeTrainBackward(
    dx: FloatData,
    dy: FloatData,
    x: FloatData,
    mean: Float64Array,
    r: Float64Array,
    gamma: FloatData,
    sumDy: Float64Array,
    sumDyXhat: Float64Array,
    rows: number,
    columns: number,
  ): void;
  /** dx[i, j] = γ[j]·r[j]·dy[i, j]. */
  normalizeEvalBackward(
    dx: FloatData,
    dy: FloatData,
    r: Float64Array,
    gamma: FloatData,
    rows: number,
    columns: number,
  ): void;

  /** y[i, j] = γ[j]·(x[i, j] − mean[i])·r[i] + β[j]. */
  normalizeRows(
    y: FloatData,
    x: FloatData,
    mean: Float64Array,
    r: Float64Array,
    gamma: FloatData,
    beta: FloatData,
    rows: number,
    columns: number,
  ): void;
  /**
   * dx[i, j] = r[i]·(g[i, j] − meanⱼ(g[i, ·]) − x̂[i, j]·meanⱼ(g[i, ·]·x̂[i, ·])) with g = dy·γ and x̂ = (x − mean)·r,
   * dGamma[j] = Σᵢ dy[i, j]·x̂[i, j], dBeta[j] = Σᵢ dy[i, j].
   */
  normalizeRowsBackward(
    dx: FloatData,
    dGamma: Float64Array,
    dBeta: Float64Array,
    dy: FloatData,
    x: FloatData,
    mean: Float64Array,
    r: Float64Array,
    gamma: FloatData,
    rows: number,
    columns: number,
  ): void;

  /**
   * Returns Σᵢ −log softmax(logits[i])[labels[i]] and writes its gradient times `scale`:
   * dlogits[i, j] = scale·(softmax(logits[i])[j] − [j = labels[i]]).
   */
  softmaxCrossEntropy(
    dlogits: FloatData,
    logits: FloatData,
    labels: ArrayLike<number>,
    scale: number,
    rows: number,
    classes: number,
  ): number;

  /**
   * The same for a row of weights instead of one label: returns −Σ targets[i, j]·log softmax(logits[i])[j], where no
   * weight is negative, and writes dlogits[i, j] = scale·(softmax(logits[i])[j]·Σₖ targets[i, k] − targets[i, j]).
   */
  weightedCrossEntropy(
    dlogits: FloatData,
    logits: FloatData,
    targets: Float64Array,
    scale: number,
    rows: number,
    classes: number,
  ): number;
  /** Returns Σ max(z, 0) − z·t + log(1 + e^(−|z|)) and writes dlogits = scale·(σ(z) − t). */
  binaryCrossEntropy(dlogits: FloatData, logits: FloatData, targets: FloatData, scale: number): number;
  /** Returns Σ (predictions − targets)² and writes dpredictions = 2·scale·(predictions − targets). */
  squaredError(dpredictions: FloatData, predictions: FloatData, targets: FloatData, scale: number): number;

  // Optimisers. In all of them g = grad + weightDecay·value, or grad alone where weightDecay is 0. Each element is
  // computed in float64; what is kept (velocity, squares, m, v, …) is used as it was stored.

  /** value −= learningRate·g. */
  sgd(value: FloatData, grad: FloatData, learningRate: number, weightDecay: number): void;
  /** velocity = momentum·velocity + g; value −= learningRate·(nesterov ? g + momentum·velocity : velocity). */
  sgdMomentum(
    value: FloatData,
    grad: FloatData,
    velocity: FloatData,
    learningRate: number,
    weightDecay: number,
    momentum: number,
    nesterov: boolean,
  ): void;
  /**
   * squares = decay·squares + (1 − decay)·g²; with `means`, means = decay·means + (1 − decay)·g and
   * s = squares − means², else s = squares; d = g/(√s + epsilon). value −= learningRate·d; with `velocity`,
   * velocity = momentum·velocity + d and value −= learningRate·velocity.
   */
  rmsprop(
    value: FloatData,
    grad: FloatData,
    squares: FloatData,
    means: FloatData | undefined,
    velocity: FloatData | undefined,
    learningRate: number,
    weightDecay: number,
    decay: number,
    momentum: number,
    epsilon: number,
  ): void;
  /** sum += g²; value −= learningRate·g/(√sum + epsilon). */
  adagrad(
    value: FloatData,
    grad: FloatData,
    sum: FloatData,
    learningRate: number,
    weightDecay: number,
    epsilon: number,
  ): void;
  /**
   * m = beta1·m + (1 − beta1)·g; v = beta2·v + (1 − beta2)·g²;
   * value −= learningRate·(m/correction1)/(√v/√correction2 + epsilon).
   * Where `decoupled`, g = grad, and value is multiplied by 1 − learningRate·weightDecay first.
   */
  adam(
    value: FloatData,
    grad: FloatData,
    m: FloatData,
    v: FloatData,
    learningRate: number,
    weightDecay: number,
    decoupled: boolean,
    beta1: number,
    beta2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
  ): void;
}
