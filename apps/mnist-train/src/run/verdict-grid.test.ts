import type { Check, Verdict } from "@handgrad/bn-doctor";
import { faults } from "bn-faults";
import { counts, plantableFaults } from "laboratory";
import { afterAll, describe, expect, it } from "vitest";
import { experiment } from "./experiment.js";
import { expectedOf, isSaid } from "./gallery.js";
import type { Settings } from "./settings.js";
import { type Configuration, digitsOf, drawConfiguration, PLAIN, type Size } from "./test-verdict-grid.js";

/**
 * HANDGRAD_GRID=200 trains 200 configurations and more, up to the size of the default job, instead of the quick sample:
 * some 10 s each on the average, minutes for batches of two rows.
 */
const asked = Number(process.env.HANDGRAD_GRID ?? 0);
const sizeOf = (index: number): Size => (asked === 0 ? "small" : index % 8 === 0 ? "full" : "mixed");
const CONFIGURATIONS = asked === 0 ? 6 : asked;
/** Most of the grid leaves the curves unjudged. These settings make sure that they mean something in a part of it. */
const SETTLED: Partial<Settings> = { batchSize: 64, epochs: 8, decay: 0.8 };
const TIMEOUT = 30 * 60_000;

const FAULTY_CONFIGURATIONS = asked === 0 ? 1 : 2;

const drawn = (count: number, fixed: Partial<Settings> = {}, from = 0) =>
  Array.from({ length: count }, (_, i) => {
    const size = sizeOf(from + i);
    return [`${size} configuration ${from + i}`, drawConfiguration(from + i, size, fixed)] as const;
  });

async function verdictOf(configuration: Configuration): Promise<Verdict> {
  const { verdict } = await experiment(digitsOf(configuration), configuration.settings);
  const failed = verdict.checks.some(({ passed }) => passed === false);
  expect(verdict.healthy).toBe(!failed && !verdict.faults.some(counts));
  return verdict;
}

async function checksOf(configuration: Configuration): Promise<readonly Check[]> {
  const { checks, faults } = await verdictOf(configuration);
  expect(
    faults.map(({ id }) => id),
    JSON.stringify(configuration),
  ).toEqual([]);
  return checks;
}

const failuresOf = (checks: readonly Check[]) =>
  checks.filter(({ passed }) => passed === false).map(({ id, meaning }) => `${id}: ${meaning}`);

describe("a correct batch norm is healthy", () => {
  const verdicts: { checks: readonly Check[]; configuration: Configuration }[] = [];

  it.each([...drawn(CONFIGURATIONS), ...drawn(Math.ceil(CONFIGURATIONS / 2), SETTLED)])(
    "%s",
    async (_, configuration) => {
      const checks = await checksOf(configuration);
      verdicts.push({ checks, configuration });
      expect(failuresOf(checks), JSON.stringify(configuration)).toEqual([]);
    },
    TIMEOUT,
  );

  it.runIf(asked === 0)("and every check could tell at least once", () => {
    const told = (check: Check) => check.passed !== "inconclusive";
    const ids = verdicts.flatMap(({ checks }) => checks.filter(told).map(({ id }) => id));
    expect(new Set(ids).size).toBe(verdicts[0].checks.length);
  });

  afterAll(() => {
    if (verdicts.length > 0) console.log(marginsTable(verdicts));
  });
});

describe.each(plantableFaults)("%s is named", (fault) => {
  it.each(drawn(FAULTY_CONFIGURATIONS, { fault, epochs: 1 }, 100 * plantableFaults.indexOf(fault)))(
    "in %s",
    async (_, configuration) => {
      const verdict = await verdictOf(configuration);
      const expected = expectedOf(fault, configuration.settings);
      const seen = verdict.faults.map(({ id }) => id);
      expect(isSaid(expected, verdict), `${seen} at ${JSON.stringify(configuration)}`).toBe(true);
      expect(verdict.healthy).toBe(expected === "no fault" || faults[fault].grade === "fragile");
    },
    TIMEOUT,
  );
});

describe("beyond the grid", () => {
  const small = drawConfiguration(0, "small", {
    ...PLAIN,
    epochs: 5,
    batchSize: 64,
    learningRate: 0.1,
    hidden: [16, 8],
    decay: 0.9,
    epsilon: 1e-5,
    seed: 1,
  });
  const checkedWith = (fixed: Partial<Settings>) =>
    checksOf({ ...small, settings: { ...small.settings, ...fixed } });

  it.each([[[1]], [[8]], [[1, 1]], [[8, 6, 4]], [[1, 8, 1]]])(
    "hidden widths %j are healthy",
    async (hidden) => {
      expect(failuresOf(await checkedWith({ hidden }))).toEqual([]);
    },
  );

  it("a plain network that diverges leaves nothing to compare with, and batch norm healthy", async () => {
    const checks = await checkedWith({ learningRate: 10, hidden: [16, 16, 16, 16] });
    expect(failuresOf(checks)).toEqual([]);
    expect(checks.find(({ id }) => id === "learns-faster-than-none")).toMatchObject({
      passed: "inconclusive",
      meaning: expect.stringMatching(/^Not judged: the network without batch norm broke down at step \d+/),
    });
  });

  it.each([
    [20, [32]],
    [40, [32, 16]],
  ])(
    "a learning rate of %d, at which neither network learns, is not batch norm's fault",
    async (learningRate, hidden) => {
      const checks = await checkedWith({ learningRate, hidden });
      expect(failuresOf(checks)).toEqual([]);
      expect(checks.find(({ id }) => id === "learns-faster-than-none")).toMatchObject({
        passed: "inconclusive",
        meaning: expect.stringContaining("learned next to nothing"),
      });
    },
  );

  it("an absurd learning rate fails `finite` alone, which names step and layer", async () => {
    const failures = failuresOf(await checkedWith({ learningRate: 1e20 }));
    expect(failures).toEqual([expect.stringMatching(/^finite: .* at step \d+\. .*layer \d+ \(\w+\)/)]);
  });
});

/** Per check: how often it passed or could not tell, and the configuration that came nearest to its bound. */
function marginsTable(
  verdicts: readonly { checks: readonly Check[]; configuration: Configuration }[],
): string {
  const lines = verdicts[0].checks.map(({ id }, row) => {
    const all = verdicts.map(({ checks, configuration }) => ({ ...checks[row], configuration }));
    const count = (wanted: Check["passed"]) => all.filter(({ passed }) => passed === wanted).length;
    const measured = all.flatMap(({ value, bound, configuration }) =>
      value === null || bound === null ? [] : [{ value, bound, room: bound - value, configuration }],
    );
    const worst = measured.sort((a, b) => a.room - b.room)[0];
    const margin = worst
      ? `${worst.value.toPrecision(2)} of ${worst.bound.toPrecision(2)} at ${JSON.stringify(worst.configuration)}`
      : "";
    return `${id.padEnd(23)} ${String(count(true)).padStart(6)} ${String(count("inconclusive")).padStart(12)}  ${margin}`;
  });
  const head = `${`${verdicts.length} configurations`.padEnd(23)} passed inconclusive  nearest to its bound`;
  return [head, ...lines].join("\n");
}
