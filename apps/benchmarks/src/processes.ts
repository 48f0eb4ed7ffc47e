import { performance } from "node:perf_hooks";
import type { Contender } from "./contender.js";
import { ContenderProcess } from "./contender-process.js";
import type { DataFiles } from "./data.js";
import type { Column } from "./results.js";
import { type Outcome, reasonOf, repeatsFor } from "./rounds.js";
import { inferenceWork } from "./workloads/inference.js";
import { trainingWork } from "./workloads/training.js";

const SECONDS = 90;
const STEPS = 200;
const QUICK_STEPS = 20;
/** Slow contenders make as many steps as fit. */
const TRAINING_MILLISECONDS = 2000;
const BATCH = 128;

/** From the start of a new process to its first logits: runtime, imports, model and one row in eval mode. */
async function startUp(contender: Contender, data: DataFiles): Promise<number> {
  const start = performance.now();
  const process = new ContenderProcess(contender);
  try {
    await process.ask({ do: "open", name: "first", work: inferenceWork(data, 1) }, SECONDS);
    return performance.now() - start;
  } finally {
    await process.end();
  }
}

/** The most memory that a new process had resident in `steps` steps, and what it has at their end; in bytes. */
async function memory(
  contender: Contender,
  data: DataFiles,
  steps: number,
): Promise<{ readonly peak: number; readonly resident: number }> {
  const process = new ContenderProcess(contender);
  try {
    const name = "memory";
    const work = trainingWork(data, "digits", "adam", BATCH);
    const { milliseconds } = await process.ask({ do: "open", name, work }, SECONDS);
    const { repeats } = repeatsFor(milliseconds, TRAINING_MILLISECONDS);
    await process.ask({ do: "time", name, repeats: Math.min(steps, repeats), warmup: 0 }, SECONDS);
    const { peakBytes, residentBytes } = await process.ask({ do: "memory" }, SECONDS);
    return { peak: peakBytes, resident: residentBytes };
  } finally {
    await process.end();
  }
}

/** What only a process of its own can show, each in a new one. */
export async function measureProcesses(
  contenders: readonly Contender[],
  data: DataFiles,
  rounds: number,
  quick: boolean,
  onMeasure: (what: string, id: string, round: number) => void,
): Promise<Column[]> {
  const steps = quick ? QUICK_STEPS : STEPS;
  const collect = async (
    kind: "inference" | "training",
    count: number,
    what: string,
    once: (contender: Contender) => Promise<readonly number[]>,
  ): Promise<Outcome[][]> => {
    const able = contenders.filter(({ kinds }) => kinds.includes(kind));
    const samples = new Map<string, number[][]>();
    const failed = new Map<string, string>();
    for (let round = 0; round < count; round++) {
      const start = round % Math.max(1, able.length);
      for (const contender of [...able.slice(start), ...able.slice(0, start)]) {
        if (failed.has(contender.id)) continue;
        onMeasure(what, contender.id, round + 1);
        try {
          samples.set(contender.id, [...(samples.get(contender.id) ?? []), [...(await once(contender))]]);
        } catch (error) {
          failed.set(contender.id, reasonOf(error));
        }
      }
    }
    const measures = kind === "inference" ? 1 : 2;
    return Array.from({ length: measures }, (_, measure) =>
      able.map(({ id }): Outcome => {
        const reason = failed.get(id);
        if (reason !== undefined) return { contender: id, failed: reason };
        return { contender: id, samples: (samples.get(id) ?? []).map((row) => row[measure]), repeats: 1 };
      }),
    );
  };

  const [started] = await collect("inference", rounds, "start-up", async (c) => [await startUp(c, data)]);
  const [peak, resident] = await collect("training", 1, "memory", async (c) =>
    Object.values(await memory(c, data, steps)),
  );
  const common = { table: "Whole process", multiplyAdds: 0 };
  return [
    { ...common, column: "start to first logits", show: "milliseconds", outcomes: started },
    { ...common, column: `peak of ${steps} steps, 128`, show: "megabytes", outcomes: peak },
    { ...common, column: "at their end", show: "megabytes", outcomes: resident },
  ];
}
