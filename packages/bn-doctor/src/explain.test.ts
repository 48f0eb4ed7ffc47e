import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FaultId } from "./catalogue.js";
import { explain } from "./explain.js";
import type { Mode } from "./implementation.js";
import type { BatchNormRecord } from "./record.js";
import type { Recorded } from "./test-recorded.js";
import { type Column, dot, mean, only, plainRecord, type Wrong, without } from "./test-records.js";

const { libraries, oneNeuron } = JSON.parse(
  readFileSync(new URL("../fixtures/records.json", import.meta.url), "utf8"),
) as Recorded;

const title = ({ x, mode, precision }: BatchNormRecord) => `${mode}, N = ${x.length}, ${precision}`;

describe("numbers of real libraries", () => {
  const conventions: Record<string, { decay: number; runningVariance: string; epsilon: number }> = {
    PyTorch: { decay: 0.9, runningVariance: "unbiased", epsilon: 1e-5 },
    Keras: { decay: 0.99, runningVariance: "biased", epsilon: 1e-3 },
    "TensorFlow's fused operation": { decay: 0, runningVariance: "unbiased", epsilon: 1e-4 },
    "TensorFlow in graph mode": { decay: 0.999, runningVariance: "biased", epsilon: 1e-7 },
  };
  const cases = Object.entries(libraries).flatMap(([name, records]) =>
    records.map((record) => ({ name, record, title: `${name}: ${title(record)}` })),
  );

  it.each(cases)("$title: no fault, and the library's convention", ({ name, record }) => {
    const { healthy, matches } = explain(record);
    expect(healthy).toBe(true);
    expect(matches).toHaveLength(1);
    expect(matches[0].faults).toEqual([]);
    const { decay, runningVariance, epsilon } = conventions[name];
    expect(matches[0]).toMatchObject(
      record.mode === "train"
        ? { mode: "train", epsilon, decay, runningVariance }
        : { mode: "eval", epsilon, decay: null, runningVariance: null },
    );
  });

  it.each(cases)("$title: the mode, left out, is found", ({ record }) => {
    const { mode, ...others } = record;
    const { healthy, matches } = explain(others);
    expect(healthy).toBe(true);
    expect(matches[0]).toMatchObject({ mode, faults: [] });
  });

  it.each(cases.filter(({ record }) => record.precision === "float64"))(
    "$title: ε, left out, is found",
    ({ name, record }) => {
      const { epsilon: _, ...others } = record;
      expect(explain(others).matches).toMatchObject([{ faults: [], epsilon: conventions[name].epsilon }]);
    },
  );
});

/** The staged derivation of the question, which takes whatever it is given for the batch's statistics. */
const staged = ({ x, dy, gamma, mean: mu, r }: Column) => {
  const centred = x.map((value) => value - mu);
  const dXHat = dy.map((value) => value * gamma);
  const dVariance = (-dot(dXHat, centred) * r ** 3) / 2;
  const dCentred = centred.map((value, i) => dXHat[i] * r + (2 * value * dVariance) / x.length);
  return dCentred.map((value) => value - mean(dCentred));
};

describe("the question", () => {
  it.each(oneNeuron.map((record) => ({ record, title: title(record) })))(
    "TensorFlow's one neuron is right: $title",
    ({ record }) => {
      expect(explain(record)).toMatchObject({ healthy: true, matches: [{ faults: [], mode: record.mode }] });
    },
  );

  const asAsked = (record: BatchNormRecord) => {
    const column = (values: unknown) => (values as number[][]).map(([value]) => value);
    const [x, dy] = [column(record.x), column(record.dy)];
    const r = 1 / Math.sqrt(1 + 1e-7);
    const mu = record.mode === "train" ? mean(x) : 0;
    const own = record.mode === "train" ? 1 / Math.sqrt(mean(x.map((v) => (v - mu) ** 2)) + 1e-7) : r;
    return staged({ x, dy, gamma: 1, mean: mu, r: own } as unknown as Column).map((value) => [value]);
  };
  const inFloat64 = oneNeuron.filter(({ precision }) => precision === "float64");

  it.each(
    inFloat64.filter(({ mode }) => mode === "eval").map((record) => ({ record, title: title(record) })),
  )("the staged code is named: $title", ({ record }) => {
    const { healthy, matches, summary } = explain({ ...record, dx: asAsked(record) });
    expect(healthy).toBe(false);
    expect(matches).toHaveLength(1);
    expect(matches[0].faults).toEqual(["train-formula-in-eval"]);
    expect(summary[0]).toBe(
      "Taken as an eval pass, with ε = 1e-7, these numbers show train-formula-in-eval. " +
        "The eval gradient still runs through mean and variance, which are constants there.",
    );
    if (record.x.length === 1) return;
    expect(summary[2]).toMatch(
      /^dx is the training formula with pop_mean and pop_var in place of batch statistics \(worst difference [\d.e-]+\); in eval it is dy·γ\/√\(pop_var \+ ε\)\.$/,
    );
    expect(matches[0].formulas[1].formula).toBe(
      "dx = γ·r·(dy − mean(dy) − (x̂ − mean(x̂))·mean(dy·x̂)) with x̂ = (x − pop_mean)/√(pop_var + ε) and r = 1/√(pop_var + ε)",
    );
    expect(matches[0].formulas[1].worstDifference).toBeLessThan(1e-14);
    expect(matches[0].repairs).toEqual(["In eval dx = dy·γ/√(pop_var + ε)."]);
  });

  it.each(
    inFloat64.filter(({ mode }) => mode === "train").map((record) => ({ record, title: title(record) })),
  )("the staged code is right: $title", ({ record }) => {
    expect(explain({ ...record, dx: asAsked(record) })).toMatchObject({
      healthy: true,
      matches: [{ faults: [] }],
    });
  });

  it("N numbers without brackets are N rows of one feature", () => {
    const { healthy } = explain({
      x: [0.5, -1, 2, 0.25],
      dy: [1, 0.5, -1, 0.25],
      dx: [1, 0.5, -1, 0.25].map((dy) => dy / Math.sqrt(1 + 1e-7)),
      mode: "eval",
      epsilon: 1e-7,
      pop_mean: 0,
      pop_var: 1,
    });
    expect(healthy).toBe(true);
  });
});

const sdev = ({ variance }: Column) => Math.sqrt(variance);
const trainDx = (column: Column, r: number, xHat: readonly number[], [p, a, b]: [number, number, number]) =>
  column.dy.map(
    (value, i) =>
      column.gamma ** p * r * (value - a * mean(column.dy) - b * xHat[i] * (dot(column.dy, xHat) / column.n)),
  );
const affine = (column: Column, xHat: readonly number[]) =>
  xHat.map((value) => column.gamma * value + column.beta);

/** Each wrong in one place; the tests' own arithmetic. */
const FAULTS: [FaultId, Mode, Wrong][] = [
  [
    "unbiased-in-forward",
    "train",
    {
      y: (c) =>
        affine(
          c,
          c.x.map((v) => (v - c.mu) / Math.sqrt((c.variance * c.n) / (c.n - 1) + c.epsilon)),
        ),
    },
  ],
  [
    "epsilon-outside-root",
    "train",
    {
      y: (c) =>
        affine(
          c,
          c.x.map((v) => (v - c.mu) / (sdev(c) + c.epsilon)),
        ),
    },
  ],
  [
    "epsilon-outside-root",
    "eval",
    {
      y: (c) =>
        affine(
          c,
          c.x.map((v) => (v - c.popMean) / (Math.sqrt(c.popVar) + c.epsilon)),
        ),
    },
  ],
  [
    "missing-root",
    "train",
    {
      y: (c) =>
        affine(
          c,
          c.x.map((v) => (v - c.mu) / (c.variance + c.epsilon)),
        ),
    },
  ],
  [
    "train-uses-pop-stats",
    "train",
    {
      y: (c) =>
        affine(
          c,
          c.x.map((v) => (v - c.popMean) / Math.sqrt(c.popVar + c.epsilon)),
        ),
    },
  ],
  [
    "eval-uses-batch-stats",
    "eval",
    {
      y: (c) =>
        affine(
          c,
          c.x.map((v) => (v - c.mu) / Math.sqrt(c.variance + c.epsilon)),
        ),
    },
  ],
  ["affine-ignored", "train", { y: (c) => [...c.xHat] }],
  ["affine-ignored", "eval", { y: (c) => c.xHat.map((v) => c.gamma * v) }],
  [
    "epsilon-missing-in-forward",
    "train",
    {
      y: (c) =>
        affine(
          c,
          c.x.map((v) => (v - c.mu) / sdev(c)),
        ),
    },
  ],
  [
    "epsilon-not-as-declared",
    "eval",
    {
      y: (c) =>
        affine(
          c,
          c.x.map((v) => (v - c.popMean) / Math.sqrt(c.popVar + 0.01)),
        ),
    },
  ],
  ["gradient-ignores-statistics", "train", { dx: (c) => trainDx(c, c.r, c.xHat, [1, 0, 0]) }],
  ["gradient-ignores-mean", "train", { dx: (c) => trainDx(c, c.r, c.xHat, [1, 0, 1]) }],
  ["gradient-ignores-variance", "train", { dx: (c) => trainDx(c, c.r, c.xHat, [1, 1, 0]) }],
  ["gamma-missing-in-dx", "train", { dx: (c) => trainDx(c, c.r, c.xHat, [0, 1, 1]) }],
  ["gamma-squared-in-dx", "eval", { dx: (c) => trainDx(c, c.r, c.xHat, [2, 0, 0]) }],
  ["sum-for-mean", "train", { dx: (c) => trainDx(c, c.r, c.xHat, [1, c.n, c.n]) }],
  [
    "epsilon-missing-in-backward",
    "train",
    {
      dx: (c) =>
        trainDx(
          c,
          1 / sdev(c),
          c.x.map((v) => (v - c.mu) / sdev(c)),
          [1, 1, 1],
        ),
    },
  ],
  [
    "epsilon-missing-in-backward",
    "eval",
    { dx: (c) => c.dy.map((v) => (c.gamma * v) / Math.sqrt(c.popVar)) },
  ],
  ["bessel-in-backward", "train", { dx: (c) => trainDx(c, c.r, c.xHat, [1, 1, c.n / (c.n - 1)]) }],
  ["train-formula-in-eval", "eval", { dx: staged }],
  ["train-formula-in-eval", "eval", { dx: (c) => trainDx(c, c.r, c.xHat, [1, 1, 1]) }],
  ["dgamma-from-x", "train", { dgamma: (c) => dot(c.dy, c.x) }],
  ["affine-gradient-averaged", "eval", { dgamma: (c) => dot(c.dy, c.xHat) / c.n, dbeta: (c) => mean(c.dy) }],
  ["stats-never-updated", "train", { newPopMean: (c) => c.popMean, newPopVar: (c) => c.popVar }],
  ["stats-never-updated", "train", { newPopVar: (c) => c.popVar }],
  ["stats-hold-deviation", "train", { newPopVar: (c) => 0.9 * c.popVar + 0.1 * sdev(c) }],
  [
    "stats-average-inverse-deviation",
    "train",
    { newPopVar: (c) => (0.9 / Math.sqrt(c.popVar) + 0.1 / sdev(c)) ** -2 },
  ],
  [
    "epsilon-folded-into-stats",
    "train",
    { newPopVar: (c) => 0.9 * c.popVar + 0.1 * (c.variance + c.epsilon) },
  ],
  [
    "stats-updated-in-eval",
    "eval",
    { newPopMean: (c) => 0.9 * c.popMean + 0.1 * c.mu, newPopVar: (c) => 0.9 * c.popVar + 0.1 * c.variance },
  ],
];

describe("faults", () => {
  it.each(["train", "eval"] as const)("none in a right record: %s", (mode) => {
    const { healthy, matches, nearest, wouldDecide } = explain(plainRecord(mode));
    expect({ healthy, nearest, wouldDecide }).toEqual({ healthy: true, nearest: null, wouldDecide: null });
    expect(matches).toMatchObject([{ mode, faults: [], notRuledOut: [], remarks: [], repairs: [] }]);
  });

  it.each(FAULTS)("%s, %s", (fault, mode, wrong) => {
    // y's fault alone: the gradients of such a layer are another matter.
    const record = plainRecord(mode, wrong);
    const given = wrong.y === undefined ? record : without(record, "dx", "dgamma", "dbeta");
    const { healthy, matches } = explain(given);
    expect(healthy).toBe(false);
    expect(matches[0].faults).toEqual([fault]);
    expect(matches[0].repairs).toHaveLength(1);
  });

  it("statistics along rows", () => {
    const record = plainRecord("train");
    const rows = record.x as number[][];
    const y = rows.map((row) => {
      const mu = mean(row);
      const variance = mean(row.map((v) => (v - mu) ** 2));
      return row.map(
        (v, c) =>
          (record.gamma as number[])[c] * ((v - mu) / Math.sqrt(variance + 1e-3)) +
          (record.beta as number[])[c],
      );
    });
    expect(explain({ ...only(record, "x", "gamma", "beta", "mode", "epsilon"), y }).matches).toMatchObject([
      { faults: ["wrong-axis"] },
    ]);
  });

  it("two at once", () => {
    const wrong: Wrong = { dx: (c) => trainDx(c, c.r, c.xHat, [0, 1, 1]), dgamma: (c) => dot(c.dy, c.x) };
    expect(new Set(explain(plainRecord("train", wrong)).matches[0].faults)).toEqual(
      new Set(["gamma-missing-in-dx", "dgamma-from-x"]),
    );
  });
});

describe("what a record leaves open", () => {
  it("finds ε by dx alone", () => {
    const record = plainRecord("train", {}, { epsilon: 0.0023 });
    expect(explain(only(record, "x", "dy", "dx", "gamma", "mode")).matches[0]).toMatchObject({
      epsilon: 0.0023,
      faults: [],
    });
  });

  it("finds the decay by new_pop_var alone, and the variance that goes with it", () => {
    const record = plainRecord("train", {}, { decay: 0.97 });
    const given = only(record, "x", "mode", "pop_mean", "pop_var", "new_pop_var", "epsilon");
    expect(explain(given).matches[0]).toMatchObject({ decay: 0.97, runningVariance: "biased", faults: [] });
  });

  it("does not name a variance that does not show", () => {
    const record = plainRecord("train");
    const given = only(record, "x", "mode", "pop_mean", "pop_var", "new_pop_mean", "epsilon");
    expect(explain(given).matches[0]).toMatchObject({ decay: 0.9, runningVariance: null });
  });

  it("takes two modes for two explanations, and asks for the mode", () => {
    const record = plainRecord("train");
    const { matches, wouldDecide, healthy, summary } = explain(
      only(record, "x", "y", "gamma", "beta", "pop_mean", "pop_var", "epsilon"),
    );
    expect(matches.map(({ mode, faults }) => [mode, faults])).toEqual([
      ["train", []],
      ["eval", ["eval-uses-batch-stats"]],
    ]);
    expect(wouldDecide).toBe("mode");
    expect(healthy).toBe(true);
    expect(summary[0]).toBe("2 explanations fit these numbers.");
    expect(summary).toContain("To decide between them, record mode.");
  });

  it("asks for y where dx may come of either of two faults", () => {
    const byPair: Wrong = { dx: (c) => c.dy.map((v) => (c.gamma * v) / Math.sqrt(c.popVar + c.epsilon)) };
    const record = plainRecord("train", byPair);
    const { matches, wouldDecide, healthy } = explain(
      only(record, "x", "dy", "dx", "gamma", "beta", "pop_mean", "pop_var", "epsilon", "mode"),
    );
    expect(new Set(matches.map(({ faults }) => faults.join()))).toEqual(
      new Set(["train-uses-pop-stats", "gradient-ignores-statistics"]),
    );
    expect(wouldDecide).toBe("y");
    expect(healthy).toBe(false);
  });

  it("says which fault γ = 1 hides, and what would show it", () => {
    const record = plainRecord("eval", { dx: ({ dy, r }) => dy.map((v) => v * r) });
    const ones = {
      ...only(record, "x", "dy", "dx", "mode", "epsilon", "pop_mean", "pop_var"),
      gamma: [1, 1, 1],
    };
    const [match] = explain(ones).matches;
    expect(match.faults).toEqual([]);
    expect(match.notRuledOut).toEqual(expect.arrayContaining(["gamma-missing-in-dx", "gamma-squared-in-dx"]));
    expect(match.remarks.join()).toMatch(/dx with gamma other than 1 would show it/);
  });

  it("says that ε does not show", () => {
    const record = plainRecord("train");
    const [match] = explain(only(record, "x", "dy", "dbeta", "mode")).matches;
    expect(match.epsilon).toBeNull();
    expect(match.remarks[0]).toBe("ε does not show in these numbers: 1e-12 and 0.01 fit alike.");
  });

  it("cannot tell a wrong formula at a usual ε from the right one at an odd ε, and asks for ε", () => {
    const outside: Wrong = {
      y: (c) =>
        affine(
          c,
          c.x.map((v) => (v - c.mu) / (sdev(c) + c.epsilon)),
        ),
    };
    const record = plainRecord("train", outside, { features: 1 });
    const { healthy, matches, wouldDecide } = explain(only(record, "x", "y", "gamma", "beta", "mode"));
    expect(matches.map(({ faults }) => faults)).toEqual([[], ["epsilon-outside-root"]]);
    expect(healthy).toBeNull();
    expect(wouldDecide).toBe("epsilon");
  });

  it("in float32, one row: dx is 0 in training, however much r magnifies", () => {
    const eager = { x: [3], dy: [-0.125], dx: [-0.125], epsilon: 1e-7, pop_mean: 0, pop_var: 1 };
    const { healthy, matches } = explain({ ...eager, mode: "train", precision: "float32" });
    expect(healthy).toBe(false);
    expect(matches.map(({ faults }) => faults.join())).toContain("train-uses-pop-stats");
    expect(explain({ ...eager, mode: "train", dx: [0] }).healthy).toBe(true);
  });

  it("takes decay 0 for what it is: nothing is left of what was averaged", () => {
    const [record] = libraries["TensorFlow's fused operation"].filter(({ mode }) => mode === "train");
    expect(explain(record).matches[0].notRuledOut).not.toContain("stats-hold-deviation");
  });

  // A hundred roundings of the terms, γ·r·dy, and a hundred times what is left of them.
  it("in float32, two rows: a dx that is all rounding is no fault", () => {
    const record = plainRecord("train", {}, { rows: 2, epsilon: 1e-7 });
    const rounded = (record.dx as number[][]).map((row) => row.map((v) => Math.fround(v + 1e-5)));
    const { healthy } = explain({ ...record, precision: "float32", dx: rounded });
    expect(healthy).toBe(true);
    expect(explain({ ...record, dx: rounded }).healthy).toBe(false);
  });
});

describe("where nothing fits", () => {
  const odd = plainRecord("train", { dx: (c) => trainDx(c, 1.1 * c.r, c.xHat, [1, 1, 1]) });

  it("says so, with the nearest", () => {
    const { healthy, matches, nearest, summary } = explain(odd);
    expect({ healthy, matches }).toEqual({ healthy: false, matches: [] });
    expect(nearest).toMatchObject({ mode: "train", faults: [] });
    expect(summary[0]).toBe("No formula known here gives these numbers.");
    expect(summary[1]).toBe("Nearest are those of training with nothing wrong and ε = 1e-3:");
    expect(summary[3]).toMatch(/ does not fit: dx\[\d\]\[\d\], recorded as [-\d.]+, is off by [\d.]+\.$/);
  });

  it("does not call eval numbers wrong that come without a running pair", () => {
    const record = plainRecord("eval");
    expect(explain(only(record, "x", "y", "gamma", "beta", "epsilon"))).toMatchObject({
      healthy: null,
      matches: [],
      wouldDecide: "pop_mean and pop_var",
    });
  });
});

it("looks at all of a wide record, and not at a sample alone", () => {
  const record = plainRecord("train", {}, { rows: 32, features: 12 });
  const dx = (record.dx as number[][]).map((row, n) =>
    row.map((v, c) => (n === 20 && c === 11 ? v + 0.01 : v)),
  );
  expect(explain(record).healthy).toBe(true);
  expect(explain({ ...record, dx })).toMatchObject({ healthy: false, matches: [] });
});
