import { aligned } from "./aligned.js";
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

/** What the tables leave out: who did other work, failed, was left out, or had fewer rounds than `rounds`. */
export function notes(columns: readonly Column[], rounds: number): string[] {
  const where = new Map<string, string[]>();
  const fewer = new Map<string, number[]>();
  const add = <Value>(map: Map<string, Value[]>, key: string, value: Value) =>
    map.set(key, [...(map.get(key) ?? []), value]);
  for (const { table, column, outcomes } of columns) {
    for (const outcome of outcomes) {
      const { contender } = outcome;
      if ("samples" in outcome) {
        if (outcome.samples.length < rounds) add(fewer, contender, outcome.samples.length);
      } else add(where, `${contender} ${reasonOf(outcome)}`, `${table}, ${column}`);
    }
  }
  return [
    ...[...where].map(([what, places]) => `${what} (${places.join("; ")})`),
    ...[...fewer].map(([contender, counts]) => {
      const [least, most] = [Math.min(...counts), Math.max(...counts)];
      const range = least === most ? least : `${least} to ${most}`;
      const several = counts.length > 1 ? "columns" : "column";
      return `${contender} is slow: ${range} of ${rounds} rounds in ${counts.length} ${several}`;
    }),
  ];
}

function reasonOf(outcome: Exclude<Outcome, { readonly samples: unknown }>): string {
  if ("different" in outcome) return `does other work: ${outcome.different}`;
  return "leftOut" in outcome ? `was left out: ${outcome.leftOut}` : `failed: ${outcome.failed}`;
}
