import type { Contender, Skipped } from "./contender.js";
import { type Answers, ContenderError, ContenderProcess } from "./contender-process.js";
import type { DataFiles } from "./data.js";
import type { Found } from "./find-contenders.js";
import { workloads } from "./groups.js";
import type { Options } from "./options.js";
import { measureProcesses } from "./processes.js";
import type { Column } from "./results.js";
import { measure, type Running } from "./rounds.js";
import { multiplyAdds } from "./work.js";

/** A contender that took part, and what it said of itself. */
export interface Participant {
  readonly id: string;
  readonly family: string;
  readonly library: string;
  readonly threads: number;
  readonly runtime?: string;
}

export interface Results {
  readonly participants: readonly Participant[];
  readonly skipped: readonly Skipped[];
  readonly columns: readonly Column[];
}

/** A process starts in seconds at the slowest; TensorFlow's import alone takes some. */
const HELLO_SECONDS = 60;
/** Start-up is seconds long, where a few rounds tell enough. */
const PROCESS_ROUNDS = 3;

/** Milliseconds of one measurement: long enough to mean something, short enough for several rounds in minutes. */
const SAMPLE_MILLISECONDS = { training: 60, inference: 30, matmul: 30 } as const;
const QUICK_SAMPLE_MILLISECONDS = 10;

/** Starts all contenders, measures everything, and ends them. */
export async function benchmark(
  { contenders, skipped, reference }: Found,
  data: DataFiles,
  { rounds, only, quick }: Options,
  show: (line: string) => void,
): Promise<Results> {
  const participants: Participant[] = [];
  const absent: Skipped[] = [...skipped];
  const running: Running[] = [];
  const started: { readonly contender: Contender; readonly process: ContenderProcess }[] = [];
  const start = (contender: Contender): ContenderProcess => {
    const process = new ContenderProcess(contender);
    started.push({ contender, process });
    return process;
  };

  try {
    for (const contender of contenders) {
      show(`starting ${contender.id}`);
      const process = start(contender);
      const { id, family, kinds } = contender;
      try {
        const hello: Answers["hello"] = await process.ask({ do: "hello" }, HELLO_SECONDS);
        participants.push({ id, family, ...hello });
        running.push({ id, kinds, process, pace: new Map() });
      } catch (error) {
        if (!(error instanceof ContenderError)) throw error;
        absent.push({ id, reason: error.message });
      }
    }
    const ours: Running = {
      id: "reference",
      kinds: reference.kinds,
      process: start(reference),
      pace: new Map(),
    };

    const columns: Column[] = [];
    for (const group of only) {
      for (const workload of workloads(group, data, quick)) {
        const { table, column, show: shown, work } = workload;
        const name = `${table}, ${column}`;
        const outcomes = await measure(name, workload, running, ours, {
          rounds,
          sampleMilliseconds: quick ? QUICK_SAMPLE_MILLISECONDS : SAMPLE_MILLISECONDS[work.kind],
          onMeasure: (id, round) =>
            show(`${name}: ${id}, ${round === 0 ? "prepares" : `round ${round}/${rounds}`}`),
        });
        columns.push({ table, column, show: shown, multiplyAdds: multiplyAdds(work), outcomes });
      }
    }
    await Promise.all(started.map(({ process }) => process.end()));

    if (only.includes("process")) {
      const present = contenders.filter(({ id }) =>
        participants.some((participant) => participant.id === id),
      );
      columns.push(
        ...(await measureProcesses(
          present,
          data,
          Math.min(rounds, PROCESS_ROUNDS),
          quick,
          (what, id, round) => show(`${what}: ${id}, round ${round}`),
        )),
      );
    }
    return { participants, skipped: absent, columns };
  } finally {
    await Promise.all(started.map(({ process }) => process.end()));
  }
}
