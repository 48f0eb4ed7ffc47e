import type { Participant, Results } from "./benchmark.js";
import type { Options } from "./options.js";
import { machine } from "./report.js";
import { againstBatch } from "./results.js";
import { LATER_LOSS_TOLERANCE, TOLERANCE } from "./same-work.js";
import { summary } from "./summary.js";
import { notes, tables } from "./table.js";

const describe = ({ id, library, threads, runtime }: Participant): string =>
  `  ${id}: ${library}, ${threads} ${threads === 1 ? "thread" : "threads"}${runtime ? `, ${runtime}` : ""}`;

/** All that is printed: machine, contenders, tables, and what they leave out. */
export function resultText(
  { participants, skipped, columns }: Results,
  { rounds }: Options,
  seconds: number,
): string {
  const { processor, cores, memoryGigabytes, node, system } = machine();
  const ours = (id: string) => participants.some((p) => p.id === id && p.family === "handgrad");
  const all = [...columns, ...againstBatch(columns)];
  // Start-up and memory have rounds of their own.
  const left = [
    ...notes(
      columns.filter(({ multiplyAdds }) => multiplyAdds > 0),
      rounds,
    ),
    ...notes(
      columns.filter(({ multiplyAdds }) => multiplyAdds === 0),
      1,
    ),
  ];
  const compared = participants.some(({ id }) => ours(id)) && participants.some(({ id }) => !ours(id));
  const sections = [
    `${processor}, ${cores} cores, ${memoryGigabytes} GB, ${system}, Node ${node.slice(1)}; ${Math.round(seconds)} s`,
    ...(participants.length === 0 ? [] : [`Contenders\n${participants.map(describe).join("\n")}`]),
    ...(skipped.length === 0
      ? []
      : [`Skipped\n${skipped.map(({ id, reason }) => `  ${id}: ${reason}`).join("\n")}`]),
    [
      `Medians of ${rounds} rounds, which every contender goes through in turn. ratio: how many times handgrad's best`,
      "time, the median over the rounds ± half the distance of the quartiles. Who has a time did the same work:",
      `results within ${TOLERANCE} of ours, losses after an update within ${LATER_LOSS_TOLERANCE}.`,
    ].join("\n"),
    ...(compared ? [summary(columns, participants)] : []),
    tables(
      all,
      participants.map(({ id }) => id),
      ours,
    ),
    ...(left.length === 0 ? [] : [`Remarks\n${left.map((line) => `  ${line}`).join("\n")}`]),
  ];
  return sections.join("\n\n");
}
