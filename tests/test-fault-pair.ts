import { type BatchNormOptions, createCorrectBatchNorm, type PlainBatchNorm } from "bn-faults";

type Create = (options: BatchNormOptions) => PlainBatchNorm;
type Numbers = PlainBatchNorm["gamma"];

const SHARED = ["gamma", "beta", "popMean", "popVar"] as const;
const GRADIENTS = ["gammaGradient", "betaGradient"] as const;

const differ = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  a.length !== b.length || Array.prototype.some.call(a, (value, i) => !Object.is(value, b[i]));

/**
 * A batch norm with two faults. Both planted ones and the correct one go through every call side by side from the same
 * state. Of each result (y, dx, dγ, dβ, the running pair, …) the first's is taken where it differs from the correct one,
 * otherwise the second's: so each fault shows wherever the other leaves room.
 */
export function createFaultPair(first: Create, second: Create, options: BatchNormOptions): PlainBatchNorm {
  const one = first(options);
  const other = second(options);
  const correct = createCorrectBatchNorm(options);
  const all = [one, other, correct];

  /** Runs a call on all three, from the state of the pair. A refusal counts as a result. */
  function attempt<Result>(run: (layer: PlainBatchNorm) => Result): Result {
    const results = all.map((layer) => {
      for (const name of SHARED) layer[name].set(pair[name]);
      for (const name of GRADIENTS) layer[name].set(pair[name]);
      layer.batches = pair.batches;
      try {
        return { value: run(layer) };
      } catch (error) {
        return { error };
      }
    });
    const [a, b, right] = results;
    const chosen = "value" in a !== "value" in right ? a : b;
    if ("error" in chosen) throw chosen.error;
    for (const name of [...SHARED, ...GRADIENTS]) pair[name].set(pick((layer) => layer[name]));
    pair.batches = one.batches !== correct.batches ? one.batches : other.batches;
    return chosen.value;
  }

  function pick(of: (layer: PlainBatchNorm) => Numbers): Numbers {
    return differ(of(one), of(correct)) ? of(one) : of(other);
  }

  const outputs = (call: (layer: PlainBatchNorm) => Numbers): Numbers => {
    const seen = new Map<PlainBatchNorm, Numbers>();
    const fallback = attempt((layer) => {
      const result = call(layer);
      seen.set(layer, result);
      return result;
    });
    if (seen.size < all.length) return fallback;
    return pick((layer) => seen.get(layer) ?? fallback);
  };

  const copies = (array: Numbers): Numbers => array.slice();
  const pair: PlainBatchNorm = {
    gamma: copies(correct.gamma),
    beta: copies(correct.beta),
    popMean: copies(correct.popMean),
    popVar: copies(correct.popVar),
    gammaGradient: copies(correct.gammaGradient),
    betaGradient: copies(correct.betaGradient),
    batches: 0,
    forward: (x, rows, mode) => outputs((layer) => layer.forward(x, rows, mode)),
    backward: (dy, rows) => outputs((layer) => layer.backward(dy, rows)),
    parameters: () =>
      one.parameters().length !== correct.parameters().length
        ? []
        : other.parameters().length !== correct.parameters().length
          ? []
          : [pair.gamma, pair.beta],
    save: () => {
      for (const layer of all) for (const name of SHARED) layer[name].set(pair[name]);
      const kept = all.map((layer) => Object.keys(layer.save()).length);
      return kept[0] !== kept[2] ? one.save() : other.save();
    },
    load: (saved) => {
      const loader = [one, other].find(
        (layer) => Object.keys(layer.save()).length === Object.keys(saved).length,
      );
      for (const name of SHARED) loader?.[name].set(pair[name]);
      loader?.load(saved);
      for (const name of SHARED) if (loader !== undefined) pair[name].set(loader[name]);
    },
  };
  return pair;
}
