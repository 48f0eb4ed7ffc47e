import { afterEach, expect, it } from "vitest";
import { ContenderProcess } from "./contender-process.js";
import { measure, type Running, repeatsFor } from "./rounds.js";
import { fakeContender } from "./test-contender.js";
import type { Workload } from "./workload.js";

const workload: Workload = {
  table: "Matrix product",
  column: "x·W",
  show: "gigaflops",
  work: { kind: "matmul", m: 10, k: 10, n: 10, transposeA: false, transposeB: false, a: "", b: "" },
};
const started: Running[] = [];
afterEach(() => Promise.all(started.splice(0).map(({ process }) => process.end())));

/** Takes `milliseconds` for a repetition, as it says, and comes to `numbers`. */
function contender(id: string, milliseconds: string, numbers = "[1, 2]"): Running {
  const answer = `request.do === "open" ? { result: { numbers: ${numbers}, milliseconds: 1 } }
    : request.do === "time" ? { result: { milliseconds: ${milliseconds} } } : { result: {} }`;
  const process = new ContenderProcess(fakeContender(id, answer));
  const running = { id, kinds: ["matmul"], process, pace: new Map() };
  started.push(running);
  return running;
}

async function run(contenders: readonly Running[], rounds = 3) {
  const order: string[] = [];
  const outcomes = await measure("product", workload, contenders, contender("reference", "1"), {
    rounds,
    sampleMilliseconds: 10,
    onMeasure: (id, round) => order.push(`${round}${id}`),
  });
  return { outcomes, order };
}

it("goes round by round, each in another order, after a check and a round for nobody", async () => {
  const { outcomes, order } = await run([
    contender("a", "++count"),
    contender("b", "5"),
    contender("c", "2"),
  ]);
  expect(order.join(" ")).toBe("0a 0b 0c 0a 0b 0c 1a 1b 1c 2b 2c 2a 3c 3a 3b");
  expect(outcomes).toEqual([
    { contender: "a", samples: [2, 3, 4], repeats: 10 },
    { contender: "b", samples: [5, 5, 5], repeats: 2 },
    { contender: "c", samples: [2, 2, 2], repeats: 5 },
  ]);
});

it("does not time who comes to other numbers", async () => {
  const { outcomes, order } = await run([contender("ours", "1"), contender("other", "1", "[1, 2.1]")]);
  expect(outcomes[1]).toEqual({ contender: "other", different: "number 2 is 2.1, not 2" });
  expect(order.filter((entry) => entry.endsWith("other"))).toEqual(["0other"]);
});

it("goes on without who fails, before or while it is timed", async () => {
  const { outcomes } = await run([
    contender("at-once", "1", "process.exit(1)"),
    contender("later", "count++ < 2 ? 1 : process.exit(1)"),
    contender("sound", "1"),
  ]);
  expect(outcomes).toEqual([
    { contender: "at-once", failed: "ended with exit code 1" },
    { contender: "later", failed: "ended with exit code 1" },
    { contender: "sound", samples: [1, 1, 1], repeats: 10 },
  ]);
});

it("measures slow ones in fewer rounds, and leaves out who would take seconds for one repetition", async () => {
  const slow = contender("slow", "700");
  const slower = contender("slower", "1");
  // 1000 multiply-adds at 6 ms each.
  slower.pace.set("matmul", 6e6);
  const { outcomes } = await run([slow, slower], 7);
  expect(outcomes[0]).toMatchObject({ contender: "slow", samples: [700, 700] });
  expect(outcomes[1]).toEqual({ contender: "slower", leftOut: "would take some 6 s for one" });
  expect(slow.pace.get("matmul")).toBe(700_000);
});

it("passes over who cannot do the work", async () => {
  const other = { ...contender("training-only", "1"), kinds: ["training"] };
  expect((await run([other])).outcomes).toEqual([]);
});

it.each([
  [0.01, { repeats: 1000, warmup: 10 }],
  [1, { repeats: 10, warmup: 1 }],
  [9, { repeats: 1, warmup: 1 }],
  [11, { repeats: 1, warmup: 0 }],
])("repeats %d ms in a measurement of 10 ms as %j", (milliseconds, repeats) => {
  expect(repeatsFor(milliseconds, 10)).toEqual(repeats);
});
