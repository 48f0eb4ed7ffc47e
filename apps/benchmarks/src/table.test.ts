import { expect, it } from "vitest";
import { againstBatch, type Column } from "./results.js";
import { summary } from "./summary.js";
import { notes, tables } from "./table.js";

const columns: Column[] = [
  {
    table: "Training step, real digits, SGD",
    column: "batch 32",
    show: "milliseconds",
    multiplyAdds: 2e6,
    outcomes: [
      { contender: "ours-slow", samples: [8, 8, 8], repeats: 1 },
      { contender: "ours", samples: [2, 20, 2], repeats: 9 },
      { contender: "peer", samples: [3, 10, 1], repeats: 9 },
      { contender: "wrong", different: "loss 1 is 7, not 2.5" },
    ],
  },
  {
    table: "Training step, real digits, SGD",
    column: "batch 128",
    show: "milliseconds",
    multiplyAdds: 8e6,
    outcomes: [
      { contender: "ours", samples: [4, 4, 4], repeats: 9 },
      { contender: "peer", samples: [400], repeats: 1 },
      { contender: "broken", failed: "ended by SIGSEGV" },
    ],
  },
  {
    table: "Matrix product",
    column: "x·W",
    show: "gigaflops",
    multiplyAdds: 1e6,
    outcomes: [
      { contender: "peer", samples: [0.02], repeats: 9 },
      { contender: "slow", leftOut: "would take some 9 s for one" },
    ],
  },
];
const contenders = ["ours-slow", "ours", "peer", "wrong", "broken", "slow", "absent"];
const isOurs = (id: string) => id.startsWith("ours");

it("has a table each, medians, and ratios to our best by rounds", () => {
  expect(tables(columns, contenders, isOurs)).toBe(
    `Training step, real digits, SGD
               batch 32               batch 128
                     ms        ratio         ms  ratio
  ours-slow        8.00   4.00 ±22 %
  ours             2.00            1       4.00      1
  peer             3.00  0.500 ±50 %        400    100
  wrong      other work
  broken                                 failed

Matrix product
             x·W
         GFLOP/s  ratio
  peer       100
  slow  too slow`,
  );
});

it("says what is missing, and why", () => {
  expect(notes(columns, 3)).toEqual([
    "wrong does other work: loss 1 is 7, not 2.5 (Training step, real digits, SGD, batch 32)",
    "broken failed: ended by SIGSEGV (Training step, real digits, SGD, batch 128)",
    "slow was left out: would take some 9 s for one (Matrix product, x·W)",
    "peer is slow: 1 of 3 rounds in 2 columns",
  ]);
  expect(notes(columns, 4).slice(3)).toEqual([
    "ours-slow is slow: 3 of 4 rounds in 1 column",
    "ours is slow: 3 of 4 rounds in 2 columns",
    "peer is slow: 1 to 3 of 4 rounds in 3 columns",
  ]);
});

it("sums up each family by its best row", () => {
  const participants = [
    { id: "ours-slow", family: "handgrad" },
    { id: "ours", family: "handgrad" },
    { id: "peer", family: "torch" },
    { id: "wrong", family: "other" },
  ].map((participant) => ({ ...participant, library: "", threads: 1 }));
  expect(summary(columns, participants).split("\n").slice(1)).toEqual([
    "                                              torch  other",
    "  Training step, real digits, SGD, batch 32   0.500",
    "  Training step, real digits, SGD, batch 128    100",
    "  Matrix product, x·W",
  ]);
});

it("shows training steps as cost against batch, too", () => {
  const [small, large, ...others] = againstBatch(columns);
  expect(others).toEqual([]);
  expect([small.column, large.column]).toEqual(["batch 32", "batch 128"]);
  expect(tables([small, large], ["ours"], isOurs)).toContain("ours      1.00      1      0.500      1");
});
