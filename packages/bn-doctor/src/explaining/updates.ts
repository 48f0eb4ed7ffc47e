import type { FaultId } from "../catalogue.js";
import type { Mode } from "../implementation.js";
import { average, type UpdateModel, updateModels } from "../models/update-model.js";
import { batchMoments } from "../moments.js";
import type { ParsedRecord } from "../record.js";
import { UNIT } from "../rounding.js";
import type { Part, Update } from "./hypothesis.js";
import { misfitOf, type Prediction } from "./misfit.js";

type Pair = NonNullable<ParsedRecord["pair"]>;

/** What new_pop_mean and new_pop_var are compared with. */
interface Seen {
  readonly record: ParsedRecord;
  readonly mode: Mode;
  readonly epsilon: number;
  readonly before: Pair;
  readonly batch: Pair;
}

const KEPT = { new_pop_mean: "new_pop_mean = popMean", new_pop_var: "new_pop_var = popVar" } as const;
const MEAN = "new_pop_mean = decay·popMean + (1 − decay)·μ";
const VARIANCE = "new_pop_var = decay·popVar + (1 − decay)·σ²";

/** All that may have become of the running pair, whether it fits or not; nothing where none was recorded. */
export function updatesOf(record: ParsedRecord, mode: Mode, epsilon: number): Update[] {
  const { pair, outputs, x, rows, features } = record;
  if (pair === undefined || (outputs.new_pop_mean === undefined && outputs.new_pop_var === undefined))
    return [];
  const seen = { record, mode, epsilon, before: pair, batch: batchMoments(x, rows, features) };
  const moved = updateModels.flatMap((model) => moves(seen, model));
  return [kept(seen), ...moved, ...updateModels.flatMap((model) => halfKept(seen, model))].flatMap(
    (update) => update ?? [],
  );
}

/** Both stay as they were: right in eval. */
function kept(seen: Seen): Update | undefined {
  const parts = [keptPart(seen, "new_pop_mean"), keptPart(seen, "new_pop_var")].flatMap((part) => part ?? []);
  return { decay: null, runningVariance: null, parts, faults: parts.flatMap(({ faults }) => faults) };
}

/** One of them stays, and the other moves. */
function halfKept(seen: Seen, model: UpdateModel): Update[] {
  const { new_pop_mean, new_pop_var } = seen.record.outputs;
  if (seen.mode === "eval" || new_pop_mean === undefined || new_pop_var === undefined) return [];
  const mean = keptPart(seen, "new_pop_mean");
  const variance = keptPart(seen, "new_pop_var");
  return [
    ...decays(seen, model, "new_pop_var").map((decay) => ({
      decay,
      runningVariance: model.runningVariance,
      parts: [mean, movedVariance(seen, model, decay)],
    })),
    ...decays(seen, model, "new_pop_mean").map((decay) => ({
      decay,
      runningVariance: null,
      parts: [movedMean(seen, decay), variance],
    })),
  ].map(({ parts, ...update }) => {
    const there = parts.flatMap((part) => part ?? []);
    const faults: FaultId[] = ["stats-never-updated", ...there.flatMap((part) => part.faults)];
    return { ...update, parts: there, faults: [...new Set(faults)] };
  });
}

/** Both move. In eval they must not. */
function moves(seen: Seen, model: UpdateModel): Update[] {
  const { new_pop_mean } = seen.record.outputs;
  const each = decays(seen, model, new_pop_mean === undefined ? "new_pop_var" : "new_pop_mean");
  // At decay 0 nothing of the old pair is left, and it is the same in what it was averaged.
  return each
    .filter((decay) => decay > 0 || !onlyInAverage(model))
    .map((decay) => {
      const parts = [movedMean(seen, decay), movedVariance(seen, model, decay)].flatMap((part) => part ?? []);
      const runningVariance = seen.record.outputs.new_pop_var === undefined ? null : model.runningVariance;
      return { decay, runningVariance, parts, faults: [...new Set(parts.flatMap(({ faults }) => faults))] };
    });
}

/** Averages something else than the variance, but gives back a variance. */
function onlyInAverage({ faults, next }: UpdateModel): boolean {
  return faults.length > 0 && Math.abs(next(1, 4, 1e9, 0, 1e-3) - 4) < 1e-6;
}

function keptPart(seen: Seen, quantity: "new_pop_mean" | "new_pop_var"): Part | undefined {
  const { record, mode, before, batch } = seen;
  const after = record.outputs[quantity];
  if (after === undefined) return undefined;
  const [old, towards] =
    quantity === "new_pop_mean" ? [before.mean, batch.mean] : [before.variance, batch.variance];
  const still = old.every((value, c) => value === towards[c]);
  return {
    quantity,
    formula: KEPT[quantity],
    right: mode === "eval" || still ? KEPT[quantity] : quantity === "new_pop_mean" ? MEAN : VARIANCE,
    faults: mode === "eval" || still ? [] : ["stats-never-updated"],
    // Nothing is computed: at most it was read as a float32.
    misfit: misfitOf(
      after,
      { values: old, size: old.map(() => 0), ofX: old.map(Math.abs) },
      record.precision,
    ),
  };
}

function movedMean(seen: Seen, decay: number): Part | undefined {
  const { record, mode, before, batch } = seen;
  const after = record.outputs.new_pop_mean;
  if (after === undefined) return undefined;
  const values = before.mean.map((old, c) => average(decay, old, batch.mean[c]));
  return {
    quantity: "new_pop_mean",
    formula: withDecay(MEAN, decay),
    right: mode === "eval" ? KEPT.new_pop_mean : withDecay(MEAN, decay),
    faults: mode === "eval" ? ["stats-updated-in-eval"] : [],
    misfit: misfitOf(after, prediction(values, before.mean, batch.mean, decay), record.precision),
  };
}

function movedVariance(seen: Seen, model: UpdateModel, decay: number): Part | undefined {
  const { record, mode, before, batch, epsilon } = seen;
  const after = record.outputs.new_pop_var;
  if (after === undefined) return undefined;
  const values = before.variance.map((old, c) =>
    model.next(old, batch.variance[c], record.rows, decay, epsilon),
  );
  const formula = withDecay(`new_pop_var = ${model.formula}`, decay);
  const right = model.faults.length === 0 ? formula : withDecay(VARIANCE, decay);
  return {
    quantity: "new_pop_var",
    formula,
    right: mode === "eval" ? KEPT.new_pop_var : right,
    faults: mode === "eval" ? ["stats-updated-in-eval", ...model.faults] : model.faults,
    misfit: misfitOf(after, prediction(values, before.variance, batch.variance, decay), record.precision),
  };
}

/** The old value enters by one product: only what the batch adds is known no better than the batch's moments. */
function prediction(values: Float64Array, old: Float64Array, batch: Float64Array, decay: number): Prediction {
  return {
    values,
    size: batch.map(
      (batch, c) => (1 - decay) * Math.max(Math.abs(batch), Math.abs(values[c] - decay * old[c])),
    ),
    ofX: old.map((old, c) => Math.abs(old) + Math.abs(values[c])),
  };
}

/** Weights of the old value at which a model gives what was recorded where it moved most: as written, and as it is. */
function decays(
  { record, epsilon, before, batch }: Seen,
  model: UpdateModel,
  quantity: "new_pop_mean" | "new_pop_var",
): number[] {
  const after = record.outputs[quantity];
  if (after === undefined) return [];
  const [old, target] =
    quantity === "new_pop_mean"
      ? [before.mean, batch.mean]
      : [
          before.variance,
          batch.variance.map((variance, c) =>
            model.next(before.variance[c], variance, record.rows, 0, epsilon),
          ),
        ];
  const c = old.reduce(
    (best, value, i) => (Math.abs(target[i] - value) > Math.abs(target[best] - old[best]) ? i : best),
    0,
  );
  const seen = after[c];
  const unit = 4 * UNIT[record.precision];
  if (Math.abs(seen - old[c]) <= unit * Math.abs(old[c])) return [];
  const next = (decay: number) =>
    quantity === "new_pop_mean"
      ? average(decay, old[c], target[c])
      : model.next(old[c], batch.variance[c], record.rows, decay, epsilon);
  const decay = solve(next, seen);
  if (decay === undefined) return [];
  // By as much as the recorded number is rounded, and 1 − decay in float32.
  const near = (unit * (Math.abs(seen) + Math.abs(old[c]))) / Math.abs(target[c] - old[c]) + unit;
  const round = roundedWithin(decay, near);
  return round === decay ? [decay] : [round, decay];
}

/** The decay in [0, 1) at which a function that goes one way takes a value, by bisection. */
function solve(next: (decay: number) => number, value: number): number | undefined {
  const [first, last] = [next(0), next(1 - 2 ** -53)];
  const slack = 1e-6 * Math.abs(first - last);
  if (!(Math.abs(first - last) > 0)) return undefined;
  if (!(value >= Math.min(first, last) - slack && value <= Math.max(first, last) + slack)) return undefined;
  let [low, high] = [0, 1];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (next(middle) > value === first > last) low = middle;
    else high = middle;
  }
  return low;
}

/** People write a decay with few digits. */
function roundedWithin(decay: number, near: number): number {
  for (let digits = 0; digits <= 6; digits++) {
    const round = Number(decay.toFixed(digits));
    if (round < 1 && Math.abs(round - decay) <= near) return round;
  }
  return decay;
}

function withDecay(formula: string, decay: number): string {
  const keep = String(Number(decay.toPrecision(6)));
  const take = String(Number((1 - decay).toPrecision(6)));
  return formula.replaceAll("(1 − decay)", take).replaceAll("decay", keep);
}
