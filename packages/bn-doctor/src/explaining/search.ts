import type { FaultId } from "../catalogue.js";
import type { Mode } from "../implementation.js";
import { describeForward, type ForwardModel, forwardFaults, forwardModels } from "../models/forward-model.js";
import type { ParsedRecord, Quantity } from "../record.js";
import { type EpsilonCandidate, findEpsilons } from "./find-epsilons.js";
import { affineParts, dxParts, misfitOfDx, namedDx } from "./gradient-parts.js";
import { type Hypothesis, minimal, type Part, type Update, union } from "./hypothesis.js";
import { asGoodAs, misfitOf } from "./misfit.js";
import { passesOf, predictY } from "./predict.js";
import { sampleOf } from "./sample.js";
import { updatesOf } from "./updates.js";

/** Everything that can be said of one forward formula at one ε, before any of it is chosen. */
interface Options {
  readonly mode: Mode;
  readonly epsilon: EpsilonCandidate;
  readonly forward: ForwardModel;
  /** Of the forward formula and of its ε. */
  readonly faults: readonly FaultId[];
  readonly y: Part | undefined;
  readonly gradients: readonly (readonly Part[])[];
  readonly updates: readonly Update[];
}

/** Hypotheses that fit, and where none does the one that is least off. */
export interface Found {
  readonly fitting: readonly Hypothesis[];
  readonly nearest: Hypothesis | undefined;
}

/** Goes through modes, forward formulas, ε and gradients, and keeps the combinations that give the record. */
export function search(record: ParsedRecord): Found {
  const modes: readonly Mode[] = record.mode === undefined ? ["train", "eval"] : [record.mode];
  const forwards = modes.flatMap((mode) =>
    forwardModels(mode)
      .filter((forward) => plausible(record, mode, forward))
      .map((forward) => ({ mode, forward })),
  );
  const sample = sampleOf(record, "batch");
  const look = (epsilonsOf: (mode: Mode, forward: ForwardModel) => readonly EpsilonCandidate[]) =>
    forwards.flatMap(({ mode, forward }) => {
      const tried = epsilonsOf(mode, forward).map((epsilon) => ({
        epsilon,
        y: yPart(record, mode, forward, epsilon.epsilon),
      }));
      const good = asGoodAs(Math.min(...tried.map(({ y }) => y?.misfit.used ?? 0)));
      return tried
        .filter(({ y }) => y === undefined || (fits(y) && y.misfit.used <= good))
        .flatMap(({ epsilon, y }) => combine(optionsOf(record, mode, forward, epsilon, y, sample)));
    });
  const { epsilon } = record;
  const declared = epsilon === undefined ? [] : look(() => [{ epsilon, rank: 0 }]);
  const fitting = declared.length > 0 ? declared : look((mode, forward) => epsilonsOf(record, mode, forward));
  if (fitting.length > 0) return { fitting, nearest: undefined };
  return { fitting, nearest: nearest(record, forwards) };
}

const fits = ({ misfit }: Part) => misfit.used <= 1;

/**
 * Without y every forward formula is possible: those with one fault at most are tried. A row of one number has no
 * variance, and any dx is small beside 1/√ε.
 */
function plausible(record: ParsedRecord, mode: Mode, forward: ForwardModel): boolean {
  if (forward.normalisation.statistics === "row" && record.features < 2) return false;
  if (forward.normalisation.statistics === "running pair" && record.pair === undefined) return false;
  return record.outputs.y !== undefined || forwardFaults(forward, mode).length <= 1;
}

function yPart(record: ParsedRecord, mode: Mode, forward: ForwardModel, epsilon: number): Part | undefined {
  if (record.outputs.y === undefined) return undefined;
  const [right] = forwardModels(mode);
  return {
    quantity: "y",
    formula: describeForward(forward),
    right: describeForward(right),
    faults: forwardFaults(forward, mode),
    misfit: misfitOfY(record, forward, epsilon),
  };
}

function optionsOf(
  record: ParsedRecord,
  mode: Mode,
  forward: ForwardModel,
  epsilon: EpsilonCandidate,
  y: Part | undefined,
  sample: ParsedRecord = record,
): Options {
  const passes = passesOf(record, epsilon.epsilon);
  const gradients = [
    dxParts(record, mode, forward, passes, sample),
    affineParts(record, "dgamma", mode, forward, passes),
    affineParts(record, "dbeta", mode, forward, passes),
  ].filter((_, i) => record.outputs[GRADIENTS[i]] !== undefined);
  const faults = union(forwardFaults(forward, mode), epsilonFaults(epsilon.epsilon, record.epsilon));
  return { mode, epsilon, forward, faults, y, gradients, updates: updatesOf(record, mode, epsilon.epsilon) };
}

const GRADIENTS: readonly Quantity[] = ["dx", "dgamma", "dbeta"];

function epsilonFaults(epsilon: number, declared: number | undefined): FaultId[] {
  if (epsilon === declared) return [];
  if (epsilon === 0) return ["epsilon-missing-in-forward"];
  return declared === undefined ? [] : ["epsilon-not-as-declared"];
}

/** Every choice of formulas that fit, one for each recorded quantity; none where a quantity fits nothing. */
function combine({ mode, epsilon, forward, faults, y, gradients, updates }: Options): Hypothesis[] {
  const chosen = gradients.map((parts) => parts.filter(fits));
  const moved = updates.filter(({ parts }) => parts.every(fits));
  if (updates.length > 0 && moved.length === 0) return [];
  const base: Hypothesis = {
    mode,
    epsilon: epsilon.epsilon,
    rank: epsilon.rank,
    forward,
    update: undefined,
    parts: y === undefined ? [] : [y],
    faults,
  };
  const withUpdate: Hypothesis[] = distinctUpdates(moved).map((update) => ({
    ...base,
    update,
    faults: union(base.faults, update?.faults ?? []),
  }));
  return chosen.reduce(
    (sofar, parts) =>
      sofar.flatMap((hypothesis) =>
        distinct(parts).map((part) => ({
          ...hypothesis,
          parts: [...hypothesis.parts, part],
          faults: union(hypothesis.faults, part.faults),
        })),
      ),
    withUpdate,
  );
}

/** One for each set of faults: those that need all of theirs, and those with one fault more than the simplest. */
function distinct<Item extends { readonly faults: readonly FaultId[] }>(items: readonly Item[]): Item[] {
  const known = new Map<string, Item>();
  for (const item of items) {
    const key = keyOf(item.faults);
    if (!known.has(key)) known.set(key, item);
  }
  const smallest = Math.min(...items.map(({ faults }) => faults.length));
  const each = [...known.values()];
  const needed = new Set(minimal(each));
  return each.filter((item) => needed.has(item) || item.faults.length <= smallest + 1);
}

/** Updates with the same faults as one: what they disagree about does not show. */
function distinctUpdates(updates: readonly Update[]): (Update | undefined)[] {
  if (updates.length === 0) return [undefined];
  const groups = new Map<string, Update[]>();
  for (const update of updates) {
    const key = keyOf(update.faults);
    groups.set(key, [...(groups.get(key) ?? []), update]);
  }
  const written = ({ decay }: Update) => decay === null || Number(decay.toFixed(6)) === decay;
  const merged = [...groups.values()].map((group) => {
    const likely = group.filter(written);
    const [first, ...others] = likely.length > 0 ? likely : group;
    const alike = (same: (other: Update) => boolean) => others.every(same);
    return {
      ...first,
      decay: alike(({ decay }) => decay === first.decay) ? first.decay : null,
      runningVariance: alike((other) => other.runningVariance === first.runningVariance)
        ? first.runningVariance
        : null,
    };
  });
  return distinct(merged);
}

/** Every ε at which a forward formula may have given the record. */
function epsilonsOf(record: ParsedRecord, mode: Mode, forward: ForwardModel): EpsilonCandidate[] {
  const { y, dx } = record.outputs;
  const { statistics } = forward.normalisation;
  const sample = sampleOf(record, statistics);
  const seeds: ((epsilon: number) => number)[] = [];
  if (y !== undefined) {
    const misfit = (epsilon: number) => misfitOfY(sample, forward, epsilon);
    const seed = (epsilon: number) => misfit(epsilon).worst;
    if (findEpsilons([seed]).every(({ epsilon }) => misfit(epsilon).used > 1)) return [];
    seeds.push(seed);
  }
  if (dx !== undefined) {
    const models = namedDx(record, mode, forward).filter(
      ({ model, faults }) =>
        faults.length <= (y === undefined ? 1 : 0) &&
        (model.r.statistics === "row") === (statistics === "row"),
    );
    for (const { model } of models) {
      seeds.push((epsilon) => misfitOfDx(sample, model, passesOf(sample, epsilon)).worst);
    }
  }
  return findEpsilons(seeds);
}

function misfitOfY(record: ParsedRecord, forward: ForwardModel, epsilon: number) {
  const { outputs, precision } = record;
  if (outputs.y === undefined) throw new Error("y is compared where it is recorded");
  return misfitOf(outputs.y, predictY(forward, passesOf(record, epsilon)), precision);
}

/** The hypothesis that is least off. A fault more must pay for itself with a fit ten times better. */
function nearest(
  record: ParsedRecord,
  forwards: readonly { readonly mode: Mode; readonly forward: ForwardModel }[],
): Hypothesis | undefined {
  const price = (misfit: number, faults: number) => Math.log10(Math.max(1, misfit)) + faults;
  const cheapest = <Item>(items: readonly Item[], cost: (item: Item) => number): Item | undefined =>
    items.reduce<Item | undefined>(
      (best, item) => (best === undefined || cost(item) < cost(best) ? item : best),
      undefined,
    );
  const ofPart = ({ misfit, faults }: Part) => price(misfit.used, faults.length);
  const ofUpdate = ({ parts, faults }: Update) =>
    price(Math.max(...parts.map(({ misfit }) => misfit.used)), faults.length);

  const sample = sampleOf(record, "batch");
  const candidates = forwards
    .filter(({ mode, forward }) => forwardFaults(forward, mode).length <= 1)
    .flatMap(({ mode, forward }) => {
      const epsilons =
        record.epsilon === undefined ? nearEpsilons(record, forward) : [{ epsilon: record.epsilon, rank: 0 }];
      return epsilons.map((epsilon): { cost: number; hypothesis: Hypothesis } => {
        const y = yPart(record, mode, forward, epsilon.epsilon);
        const { gradients, updates, faults } = optionsOf(record, mode, forward, epsilon, y, sample);
        const chosen = gradients.flatMap((parts) => cheapest(parts, ofPart) ?? []);
        const update = cheapest(updates, ofUpdate);
        const parts = y === undefined ? chosen : [y, ...chosen];
        const cost =
          parts.reduce((sum, part) => sum + price(part.misfit.used, part === y ? 0 : part.faults.length), 0) +
          (update === undefined ? 0 : ofUpdate(update)) +
          faults.length;
        const all = union(faults, ...chosen.map((part) => part.faults), update?.faults ?? []);
        return {
          cost,
          hypothesis: {
            mode,
            epsilon: epsilon.epsilon,
            rank: epsilon.rank,
            forward,
            update,
            parts,
            faults: all,
          },
        };
      });
    });
  const best = cheapest(candidates, ({ cost }) => cost)?.hypothesis;
  return best === undefined
    ? undefined
    : { ...best, parts: best.parts.map((part) => onAll(record, best, part)) };
}

/** A part that was compared with a sample, compared with the whole record. */
function onAll(record: ParsedRecord, { epsilon }: Hypothesis, part: Part): Part {
  if (part.dx === undefined) return part;
  return { ...part, misfit: misfitOfDx(record, part.dx, passesOf(record, epsilon)) };
}

/** ε to try where nothing fits: a usual one, and the one that brings y closest. */
function nearEpsilons(record: ParsedRecord, forward: ForwardModel): EpsilonCandidate[] {
  const usual = { epsilon: 1e-5, rank: 0 };
  if (record.outputs.y === undefined) return [usual];
  const sample = sampleOf(record, forward.normalisation.statistics);
  const misfit = (epsilon: number) => misfitOfY(sample, forward, epsilon).worst;
  return [usual, ...findEpsilons([misfit]).filter(({ rank }) => rank === 4)];
}

const keyOf = (faults: readonly FaultId[]) => [...faults].sort().join();
