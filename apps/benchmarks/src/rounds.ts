import { ContenderError, type ContenderProcess } from "./contender-process.js";
import { differenceOf } from "./same-work.js";
import { multiplyAdds } from "./work.js";
import type { Workload } from "./workload.js";

/** A contender while it takes part. */
export interface Running {
  readonly id: string;
  readonly kinds: readonly string[];
  readonly process: ContenderProcess;
  /** Nanoseconds that a multiply-add of each kind of work has taken it, once that is known. */
  readonly pace: Map<string, number>;
}

export interface RoundsOptions {
  readonly rounds: number;
  /** Milliseconds that one measurement should take. */
  readonly sampleMilliseconds: number;
  readonly onMeasure?: (id: string, round: number) => void;
}

/** What a contender did in one workload: milliseconds of one repetition in each round, or why there are none. */
export type Outcome =
  | { readonly contender: string; readonly samples: readonly number[]; readonly repeats: number }
  | { readonly contender: string; readonly failed: string }
  | { readonly contender: string; readonly different: string }
  | { readonly contender: string; readonly leftOut: string };

const OPEN_SECONDS = 90;
const TIME_SECONDS = 60;
/** What all rounds of one contender in one workload may take together; slow ones have fewer rounds. */
const ALL_ROUNDS_MILLISECONDS = 1500;
/** A repetition that is expected to take longer is not begun. */
const LONGEST_REPETITION_MILLISECONDS = 5000;
const MOST_REPEATS = 2000;

const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.floor(value)));

/** Repetitions of one measurement where one takes so long. */
export function repeatsFor(milliseconds: number, sampleMilliseconds: number) {
  const repeats = clamp(sampleMilliseconds / milliseconds, 1, MOST_REPEATS);
  return { repeats, warmup: milliseconds > sampleMilliseconds ? 0 : clamp(repeats / 10, 1, 10) };
}

/**
 * Measures a workload: each contender shows once that it does the same work as the reference, and then all are
 * measured round by round, every round in another order, one at a time.
 */
export async function measure(
  name: string,
  { work }: Workload,
  contenders: readonly Running[],
  reference: Running,
  { rounds, sampleMilliseconds, onMeasure }: RoundsOptions,
): Promise<Outcome[]> {
  const expected = (await reference.process.ask({ do: "open", name, work }, OPEN_SECONDS)).numbers;
  const outcomes = new Map<string, Outcome>();
  const lanes: {
    readonly running: Running;
    readonly samples: number[];
    /** Of one repetition: the check's, and then the fastest seen. */
    milliseconds: number;
    fastest: number;
    rounds: number;
  }[] = [];

  for (const running of contenders) {
    if (!running.kinds.includes(work.kind) || !running.process.alive) continue;
    const contender = running.id;
    const awaited = ((running.pace.get(work.kind) ?? 0) * multiplyAdds(work)) / 1e6;
    if (awaited > LONGEST_REPETITION_MILLISECONDS) {
      const seconds = Math.round(awaited / 1000);
      outcomes.set(contender, { contender, leftOut: `would take some ${seconds} s for one` });
      continue;
    }
    try {
      onMeasure?.(contender, 0);
      const opened = await running.process.ask({ do: "open", name, work }, OPEN_SECONDS);
      const different = differenceOf(work.kind, opened.numbers, expected);
      if (different) outcomes.set(contender, { contender, different });
      else
        lanes.push({
          running,
          samples: [],
          milliseconds: opened.milliseconds,
          fastest: Number.POSITIVE_INFINITY,
          rounds,
        });
    } catch (error) {
      outcomes.set(contender, { contender, failed: reasonOf(error) });
    }
  }

  const repeatsOf = new Map<string, number>();
  // Round −1 counts for nobody: compilers that watch a program run have seen enough then.
  for (let round = -1; round < rounds; round++) {
    const start = Math.max(0, round) % Math.max(1, lanes.length);
    for (const lane of [...lanes.slice(start), ...lanes.slice(0, start)]) {
      const { running, samples } = lane;
      if (round >= lane.rounds || outcomes.has(running.id)) continue;
      const { repeats, warmup } = repeatsFor(lane.milliseconds, sampleMilliseconds);
      if (round < 0 && repeats === 1) continue;
      try {
        onMeasure?.(running.id, round + 1);
        const { milliseconds } = await running.process.ask(
          { do: "time", name, repeats, warmup },
          TIME_SECONDS,
        );
        if (round >= 0) samples.push(milliseconds);
        repeatsOf.set(running.id, repeats);
        // The fastest so far: a slow minute of the machine makes nobody a slow contender.
        lane.fastest = Math.min(lane.fastest, milliseconds);
        lane.milliseconds = lane.fastest;
        const next = repeatsFor(lane.milliseconds, sampleMilliseconds);
        const oneRound = lane.milliseconds * (next.repeats + next.warmup);
        lane.rounds =
          oneRound <= 2 * sampleMilliseconds ? rounds : clamp(ALL_ROUNDS_MILLISECONDS / oneRound, 1, rounds);
      } catch (error) {
        outcomes.set(running.id, { contender: running.id, failed: reasonOf(error) });
      }
    }
  }

  for (const { running, samples } of lanes) {
    const contender = running.id;
    if (outcomes.has(contender)) continue;
    outcomes.set(contender, { contender, samples, repeats: repeatsOf.get(contender) ?? 0 });
    running.pace.set(work.kind, (1e6 * Math.min(...samples)) / multiplyAdds(work));
  }
  for (const { process } of [...contenders, reference]) {
    if (process.alive) await process.ask({ do: "close", name }, TIME_SECONDS).catch(() => {});
  }
  return contenders.flatMap(({ id }) => outcomes.get(id) ?? []);
}

/** @throws the error itself where it is none of a contender's. */
export function reasonOf(error: unknown): string {
  if (error instanceof ContenderError) return error.message;
  throw error;
}
