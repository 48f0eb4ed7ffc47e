import { aligned } from "./aligned.js";
import type { Participant } from "./benchmark.js";
import { bestOf, type Column } from "./results.js";
import { digits } from "./show.js";
import { ratioOf } from "./statistics.js";

/** One row a workload: how many times handgrad's best time each peer takes in its own best row. */
export function summary(columns: readonly Column[], participants: readonly Participant[]): string {
  const peers = [...new Set(participants.map(({ family }) => family))].filter((name) => name !== "handgrad");
  const memberOf = (family: string) => (id: string) =>
    participants.some((participant) => participant.id === id && participant.family === family);
  const rows = columns.map((column) => {
    const ours = bestOf(column, memberOf("handgrad"));
    const cells = peers.map((family) => {
      const theirs = bestOf(column, memberOf(family));
      return ours && theirs ? digits(ratioOf(theirs, ours).median) : "";
    });
    return [`${column.table}, ${column.column}`, ...cells];
  });
  return [
    "How many times handgrad's best time each peer takes in its own best row (memory: how many times as much)",
    ...aligned([["", ...peers], ...rows]).map((line) => `  ${line}`),
  ].join("\n");
}
