/**
 * A batch norm of your own, in the shape that `mnist-train --batch-norm` trains with and judges. Copy it and put in yours.
 *
 * Per feature, over the N rows of a batch:
 *
 *     train  μ = mean(x), σ² = mean((x − μ)²), r = 1/√(σ² + ε), x̂ = (x − μ)·r, y = γ·x̂ + β
 *            dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂))
 *            popMean = decay·popMean + (1 − decay)·μ, popVar likewise with σ², or with σ²·N/(N − 1) if unbiased
 *     eval   the same y with popMean and popVar for μ and σ², which are constants: dx = γ·r·dy
 *     both   dγ = Σ dy·x̂, dβ = Σ dy
 *
 * x, y, dy and dx hold row after row: element [n, c] is at n·features + c.
 */
export default function createBatchNorm({ features, epsilon, decay, runningVariance, precision }) {
  const state = {
    gamma: new Float32Array(features).fill(1),
    beta: new Float32Array(features),
    popMean: new Float32Array(features),
    popVar: new Float32Array(features).fill(1),
    batches: 0,
  };
  let cache;

  function moments(x, rows) {
    const mean = new Float64Array(features);
    const variance = new Float64Array(features);
    for (let i = 0; i < x.length; i++) mean[i % features] += x[i] / rows;
    for (let i = 0; i < x.length; i++) variance[i % features] += (x[i] - mean[i % features]) ** 2 / rows;
    return { mean, variance };
  }

  function moveRunningPair({ mean, variance }, rows) {
    // A NaN or an infinity would stay in the running pair for ever.
    if (![...mean, ...variance].every(Number.isFinite)) return;
    state.batches += 1;
    const keep = decay === "cumulative" ? 1 - 1 / state.batches : decay;
    const correction = runningVariance === "unbiased" ? rows / (rows - 1) : 1;
    for (let c = 0; c < features; c++) {
      state.popMean[c] = keep * state.popMean[c] + (1 - keep) * mean[c];
      state.popVar[c] = keep * state.popVar[c] + (1 - keep) * variance[c] * correction;
    }
  }

  return {
    features,
    precision,

    forward(x, rows, mode) {
      if (mode === "train" && rows < 2) throw new RangeError("one row has no variance");
      const batch =
        mode === "train" ? moments(x, rows) : { mean: state.popMean.slice(), variance: state.popVar.slice() };
      if (mode === "train") moveRunningPair(batch, rows);
      const r = Float64Array.from(batch.variance, (variance) => 1 / Math.sqrt(variance + epsilon));
      const xHat = Float64Array.from(x, (value, i) => (value - batch.mean[i % features]) * r[i % features]);
      cache = { mode, r, xHat };
      return xHat.map((value, i) => state.gamma[i % features] * value + state.beta[i % features]);
    },

    backward(dy, rows) {
      const { mode, r, xHat } = cache;
      const dgamma = new Float64Array(features);
      const dbeta = new Float64Array(features);
      for (let i = 0; i < dy.length; i++) {
        dgamma[i % features] += dy[i] * xHat[i];
        dbeta[i % features] += dy[i];
      }
      const dx = Float64Array.from(dy, (value, i) => {
        const c = i % features;
        const scale = state.gamma[c] * r[c];
        return mode === "train"
          ? scale * (value - dbeta[c] / rows - (xHat[i] * dgamma[c]) / rows)
          : scale * value;
      });
      return { dx, dgamma, dbeta };
    },

    read: () => state,

    write({ batches, ...arrays }) {
      for (const [name, values] of Object.entries(arrays)) state[name].set(values);
      if (batches !== undefined) state.batches = batches;
    },
  };
}
