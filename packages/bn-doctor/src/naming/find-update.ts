import type { FaultId } from "../catalogue.js";
import type { FaultEvidence } from "../diagnosis.js";
import { format } from "../format.js";
import type { GuardedImplementation } from "../guarded-implementation.js";
import type { Declaration, Precision } from "../implementation.js";
import { average, type UpdateModel, updateModels } from "../models/update-model.js";
import { batchMoments } from "../moments.js";
import { UNIT } from "../rounding.js";
import { numbers, uniform } from "../trials.js";
import { fits } from "./fits.js";

/** How training moves the running pair. */
export interface FoundUpdate {
  /** As people would write it; "varying" where it changes from pass to pass, as in a warm-up. */
  readonly decay: Declaration["decay"] | "varying" | undefined;
  /** As it works: float32 makes 0.1000000238 of 1 − 0.9. */
  readonly exactDecay: Declaration["decay"] | undefined;
  readonly runningVariance: Declaration["runningVariance"] | undefined;
  readonly faults: readonly FaultId[];
  readonly evidence: Readonly<Partial<Record<FaultId, FaultEvidence>>>;
}

type Pair = { readonly mean: Float64Array; readonly variance: Float64Array };

interface Run {
  readonly name: string;
  readonly before: Pair;
  readonly batch: { readonly x: Float32Array; readonly rows: number };
}

interface SeenRun extends Run {
  readonly moments: Pair;
  readonly afterForward: Pair;
  readonly afterBackward: Pair;
}

/**
 * Five training passes from chosen running pairs. Three start from (0, 0): there even the smallest update shows, all
 * its digits kept. In one of these the rows are alike and σ² is 0 exactly, so that nothing but a folded ε can enter.
 */
export function findUpdate(
  implementation: GuardedImplementation,
  epsilon: number,
  declared: Partial<Declaration>,
): FoundUpdate {
  const { features, precision } = implementation;
  const seen = implementation.undisturbed(() => {
    implementation.write({ batches: 0 });
    return runs(features).map((run) => see(implementation, run));
  });

  const movedBy = (after: "afterForward" | "afterBackward", from: (run: SeenRun) => Pair) =>
    seen.some(
      (run) => differs(run[after].mean, from(run).mean) || differs(run[after].variance, from(run).variance),
    );
  const inForward = movedBy("afterForward", ({ before }) => before);
  const inBackward = movedBy("afterBackward", ({ afterForward }) => afterForward);
  const faults: FaultId[] = [];
  const evidence: Partial<Record<FaultId, FaultEvidence>> = {};
  const report = (id: FaultId, found: FaultEvidence) => {
    faults.push(id);
    evidence[id] = found;
  };

  const moves = seen.map((run) => ({ ...run, after: run.afterBackward }));
  const stuck = (["mean", "variance"] as const).filter((name) =>
    moves.every(({ before, after }) => !differs(after[name], before[name])),
  );
  if (stuck.length > 0) {
    const [run] = moves;
    const [name] = stuck;
    report("stats-never-updated", {
      input: `after a training pass over ${run.name}`,
      what: name === "mean" ? "popMean[0]" : "popVar[0]",
      expected: `moved from ${format(run.before[name][0])} towards ${format(run.moments[name][0])}`,
      seen: run.after[name][0],
    });
    return { decay: undefined, exactDecay: undefined, runningVariance: undefined, faults, evidence };
  }
  if (inForward && inBackward) {
    report("stats-updated-twice", {
      input: "in the backward pass of a training step",
      what: "the running pair",
      expected: "as the forward pass left it",
      seen: "moved again",
    });
  }

  const weights = moves
    .filter(({ before }) => before.mean.every((mean) => mean === 0))
    .map(({ after, moments }) => weightOf(after.mean, moments.mean));
  const decays = decaysOf(weights, moves.length, precision, declared.decay) ?? varyingDecays(moves);
  const model =
    decays === undefined
      ? undefined
      : updateModels.find((candidate) =>
          moves.every((run, j) => reproduces(run, candidate, decays.each[j], epsilon, precision)),
        );
  if (decays === undefined || model === undefined) {
    return { decay: decays?.found, exactDecay: decays?.exact, runningVariance: undefined, faults, evidence };
  }
  for (const id of model.faults) {
    const [run] = id === "epsilon-folded-into-stats" ? moves.slice(2) : moves;
    const { variance } = run.moments;
    report(id, {
      input: `after a training pass over ${run.name}`,
      what: "popVar[0]",
      expected: average(decays.each[0], run.before.variance[0], variance[0]),
      seen: run.after.variance[0],
    });
  }
  compareDecays(decays.found, declared.decay, precision, report);
  const { runningVariance } = model;
  if (declared.runningVariance !== undefined && declared.runningVariance !== runningVariance) {
    const [run] = moves;
    report("stats-bessel-mismatch", {
      input: `after a training pass over ${run.name}`,
      what: "popVar[0]",
      expected: `the ${declared.runningVariance} variance`,
      seen: `the ${runningVariance} variance, ${run.after.variance[0]}`,
    });
  }
  return { decay: decays.found, exactDecay: decays.exact, runningVariance, faults, evidence };
}

function compareDecays(
  found: Declaration["decay"] | "varying",
  declared: Declaration["decay"] | undefined,
  precision: Precision,
  report: (id: FaultId, found: FaultEvidence) => void,
): void {
  if (declared === undefined || found === declared) return;
  const evidence = {
    input: "in training",
    what: "the weight of the old running pair",
    expected: declared,
    seen: found,
  };
  let id: FaultId = "decay-not-as-declared";
  if (typeof declared === "number" && typeof found === "number") {
    if (sameDecay(found, 1 - declared, precision)) id = "decay-inverted";
    else if (sameDecay(found, declared * declared, precision)) id = "stats-updated-twice";
  }
  report(id, evidence);
}

/** Running pairs and batches to try; μ is never 0. */
function runs(features: number): Run[] {
  const random = uniform(11);
  const pair = (mean: number, variance: number): Pair => ({
    mean: new Float64Array(features).fill(mean),
    variance: new Float64Array(features).fill(variance),
  });
  // Rows spread evenly, so that σ is never so small that a one-pass variance loses it.
  const batch = (rows: number, sigma: number) => {
    const centre = numbers(features, () => 1 + random());
    const deviation = numbers(features, () => sigma * (0.75 + 0.5 * random()));
    const place = (n: number) => (2 * n - rows + 1) / rows;
    const x = numbers(rows * features, (i) => {
      const c = i % features;
      return centre[c] + deviation[c] * place(Math.floor(i / features));
    });
    return { x, rows };
  };
  const two = batch(2, 1);
  const five = batch(features === 5 ? 6 : 5, 4);
  const equal = { x: new Float32Array(4 * features).fill(2), rows: 4 };
  return [
    { name: "2 rows, from a pair of zeros", before: pair(0, 0), batch: two },
    { name: `${five.rows} rows, from a pair of zeros`, before: pair(0, 0), batch: five },
    { name: "4 equal rows, from a pair of zeros", before: pair(0, 0), batch: equal },
    { name: "2 rows, from the pair (3, 1)", before: pair(3, 1), batch: two },
    { name: `${five.rows} rows, from the pair (−1, 4)`, before: pair(-1, 4), batch: five },
  ];
}

function see(implementation: GuardedImplementation, run: Run): SeenRun {
  const { features, abilities } = implementation;
  const { x, rows } = run.batch;
  const pair = (): Pair => {
    const { popMean, popVar } = implementation.read();
    return { mean: new Float64Array(popMean), variance: new Float64Array(popVar) };
  };
  implementation.write({ popMean: run.before.mean, popVar: run.before.variance });
  implementation.forward(x, rows, "train");
  const afterForward = pair();
  if (abilities.backward) implementation.backward(new Float64Array(x.length).fill(1), rows);
  return { ...run, moments: batchMoments(x, rows, features), afterForward, afterBackward: pair() };
}

const differs = (a: Float64Array, b: Float64Array) => a.some((value, i) => !Object.is(value, b[i]));

/** Weight of the batch: what became of a mean that started at 0. The largest mean tells most exactly. */
function weightOf(popMean: Float64Array, mean: Float64Array): number {
  const c = mean.reduce((best, value, i) => (Math.abs(value) > Math.abs(mean[best]) ? i : best), 0);
  return popMean[c] / mean[c];
}

interface Decays {
  readonly found: Declaration["decay"] | "varying";
  readonly exact: Declaration["decay"] | undefined;
  /** Weight of the old pair at each pass. */
  readonly each: readonly number[];
}

/** The decay behind the weights of consecutive batches: constant, or 1/t for the plain average of all batches. */
function decaysOf(
  weights: readonly number[],
  count: number,
  precision: Precision,
  declared: Declaration["decay"] | undefined,
): Decays | undefined {
  const [first] = weights;
  const near = precision === "float32" ? 2e-5 : 1e-9;
  if (weights.every((weight) => Math.abs(weight - first) <= near * first)) {
    const decay = 1 - first;
    const found =
      typeof declared === "number" && sameDecay(decay, declared, precision)
        ? declared
        : roundedDecay(decay, precision);
    return { found, exact: decay, each: Array(count).fill(decay) };
  }
  const batches = weights.map((weight) => 1 / weight);
  if (!batches.every((t, j) => Math.abs(t - batches[0] - j) <= 100 * near * t)) return undefined;
  return {
    found: "cumulative",
    exact: "cumulative",
    each: Array.from({ length: count }, (_, j) => 1 - 1 / Math.round(batches[0] + j)),
  };
}

/** A decay for each pass by itself, from what became of the mean; undefined where one is no average. */
function varyingDecays(runs: readonly (SeenRun & { readonly after: Pair })[]): Decays | undefined {
  const each = runs.map(({ before, after, moments }) => {
    const moved = after.mean.map((mean, c) => mean - before.mean[c]);
    return (
      1 -
      weightOf(
        moved,
        moments.mean.map((mean, c) => mean - before.mean[c]),
      )
    );
  });
  return each.every((decay) => decay >= 0 && decay < 1)
    ? { found: "varying", exact: undefined, each }
    : undefined;
}

/** Two decays that rounding of the decay, or of 1 − decay, could make of one. */
function sameDecay(a: number, b: number, precision: Precision): boolean {
  return Math.abs(a - b) <= 4 * UNIT[precision];
}

/** People write a decay with few digits; what lies that near such a number is meant to be it. */
function roundedDecay(decay: number, precision: Precision): number {
  for (let digits = 1; digits <= 8; digits++) {
    const round = Number(decay.toFixed(digits));
    if (round < 1 && sameDecay(decay, round, precision)) return round;
  }
  return decay;
}

function reproduces(
  { before, after, moments, batch }: SeenRun & { readonly after: Pair },
  model: UpdateModel,
  decay: number,
  epsilon: number,
  precision: Precision,
): boolean {
  const mean = before.mean.map((old, c) => average(decay, old, moments.mean[c]));
  const variance = before.variance.map((old, c) =>
    model.next(old, moments.variance[c], batch.rows, decay, epsilon),
  );
  return (
    fits(after.mean, mean, precision) && fits(after.variance, variance, precision, (1 - decay) * epsilon)
  );
}
