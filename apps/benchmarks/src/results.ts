import type { Outcome } from "./rounds.js";
import type { Show } from "./show.js";
import { median } from "./statistics.js";

/** What all contenders did in one workload: a column of a table. */
export interface Column {
  readonly table: string;
  readonly column: string;
  readonly show: Show;
  /** Of one repetition; 0 where nothing of the sort is counted. */
  readonly multiplyAdds: number;
  readonly outcomes: readonly Outcome[];
}

export const samplesOf = (outcome: Outcome | undefined): readonly number[] | undefined =>
  outcome && "samples" in outcome ? outcome.samples : undefined;

/** handgrad's samples in its best setting, which every ratio is taken to; undefined where it has none. */
export function bestOf(
  { outcomes }: Column,
  ours: (contender: string) => boolean,
): readonly number[] | undefined {
  return outcomes
    .filter(({ contender }) => ours(contender))
    .map(samplesOf)
    .filter((samples) => samples !== undefined)
    .sort((a, b) => median(a) - median(b))[0];
}

/** Columns by their table, in order of appearance. */
export function tablesOf(columns: readonly Column[]): Map<string, Column[]> {
  const tables = new Map<string, Column[]>();
  for (const column of columns) {
    tables.set(column.table, [...(tables.get(column.table) ?? []), column]);
  }
  return tables;
}

const SGD_STEPS = /^Training step, (.*), SGD$/;

/** The steps of the training tables once more, as cost of a multiply-add against batch size. */
export const againstBatch = (columns: readonly Column[]): Column[] =>
  columns
    .filter(({ table, column }) => SGD_STEPS.test(table) && column.startsWith("batch "))
    .map((column) => ({
      ...column,
      table: column.table.replace(SGD_STEPS, "ns per multiply-add against batch: training step, $1, SGD"),
      show: "nanosecondsPerMultiplyAdd" as const,
    }));
