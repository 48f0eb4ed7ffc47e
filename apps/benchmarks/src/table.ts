import { columnsOf } from "terminal";
import { bestOf, type Column, samplesOf, tablesOf } from "./results.js";
import type { Outcome } from "./rounds.js";
import { digits, units } from "./show.js";
import { median, ratioOf } from "./statistics.js";

/** One table each for what belongs together: a row for each contender, a column for each workload. */
export function tables(
  columns: readonly Column[],
  contenders: readonly string[],
  ours: (contender: string) => boolean,
): string {
  return [...tablesOf(columns)].map(([title, group]) => tableOf(title, group, contenders, ours)).join("\n\n");
}

function tableOf(
  title: string,
  group: readonly Column[],
  contenders: readonly string[],
  ours: (contender: string) => boolean,
): string {
  const rows = contenders
    .filter((id) => group.some(({ outcomes }) => outcomes.some(({ contender }) => contender === id)))
    .map((id) => [id, ...group.flatMap((column) => cells(column, id, ours))]);
  const heading = ["", ...group.flatMap(({ column }) => [column, ""])];
  const labels = ["", ...group.flatMap(({ show }) => [units[show].label, "ratio"])];
  return [title, ...aligned([heading, labels, ...rows]).map((line) => `  ${line}`)].join("\n");
}

/** The median of a contender's rounds, and how many times handgrad's best it takes, with half the quartiles' distance. */
function cells(column: Column, id: string, ours: (contender: string) => boolean): [string, string] {
  const outcome = column.outcomes.find(({ contender }) => contender === id);
  if (!outcome) return ["", ""];
  const samples = samplesOf(outcome);
  if (!samples) return [shortReason(outcome), ""];
  const value = digits(units[column.show].of(median(samples), column.multiplyAdds));
  const best = bestOf(column, ours);
  if (!best) return [value, ""];
  const ratio = ratioOf(samples, best);
  const spread = Math.round((50 * (ratio.upperQuartile - ratio.lowerQuartile)) / ratio.median);
  return [value, best === samples ? "1" : `${digits(ratio.median)}${spread === 0 ? "" : ` ±${spread} %`}`];
}

function shortReason(outcome: Outcome): string {
  if ("different" in outcome) return "other work";
  return "leftOut" in outcome ? "too slow" : "failed";
}

/** Cells below each other: the first column to the left, the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => columnsOf(row[column]))));
  const pad = (cell: string, width: number) => " ".repeat(width - columnsOf(cell));
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell + pad(cell, widths[i]) : pad(cell, widths[i]) + cell))
      .join("  ")
      .trimEnd(),
  );
}

/** What the tables leave out, one line each: who had fewer rounds, who did other work, failed or was left out. */
export function notes(columns: readonly Column[], rounds: number): string[] {
  const lines = new Map<string, string[]>();
  for (const { table, column, show, outcomes } of columns) {
    for (const outcome of outcomes) {
      // Start-up and memory have rounds of their own.
      const asked = show === "megabytes" || table.startsWith("Whole process") ? 0 : rounds;
      const note = noteOf(outcome, asked);
      if (note === undefined) continue;
      const key = `${outcome.contender}: ${note}`;
      lines.set(key, [...(lines.get(key) ?? []), `${table}, ${column}`]);
    }
  }
  return [...lines].map(([key, where]) =>
    where.length > 2 ? `${key} (${where.length} columns)` : `${key} (${where.join("; ")})`,
  );
}

function noteOf(outcome: Outcome, rounds: number): string | undefined {
  if ("samples" in outcome) {
    const { length } = outcome.samples;
    return length < rounds ? `slow, ${length} of ${rounds} rounds` : undefined;
  }
  if ("different" in outcome) return `other work: ${outcome.different}`;
  return "leftOut" in outcome ? `left out: ${outcome.leftOut}` : `failed: ${outcome.failed}`;
}
