import { type Diagnosis, diagnose, type FaultId } from "@handgrad/bn-doctor";
import { type BatchNormOptions, createCorrectBatchNorm, faults, type PlainBatchNorm } from "bn-faults";
import { describe, expect, it } from "vitest";
import { createFaultPair } from "./test-fault-pair.js";
import { adapterOf, declarationOf } from "./test-plain-adapter.js";

const options = (precision: BatchNormOptions["precision"]): BatchNormOptions => ({
  features: 4,
  decay: 0.9,
  epsilon: 1e-5,
  varianceCorrection: "biased",
  precision,
});
type Create = (options: BatchNormOptions) => PlainBatchNorm;
const ids = Object.keys(faults) as (keyof typeof faults)[];

const present = ({ faults }: Diagnosis): FaultId[] =>
  faults.filter(({ status }) => status === "present").map(({ id }) => id);

function diagnosed(create: Create, precision: BatchNormOptions["precision"], declared = true): Diagnosis {
  const chosen = options(precision);
  return diagnose(adapterOf(create(chosen), chosen), declared ? { declared: declarationOf(chosen) } : {});
}

describe.each(["float32", "float64"] as const)("in %s", (precision) => {
  it.each(ids)("%s is found, and nothing else", (id) => {
    const diagnosis = diagnosed(faults[id].create, precision);
    expect(present(diagnosis)).toEqual([id]);
    expect(diagnosis.unexplained).toEqual([]);
    expect(diagnosis.healthy).toBe(faults[id].grade === "fragile");
    const finding = diagnosis.faults.find((fault) => fault.id === id);
    expect(finding?.grade).toBe(faults[id].grade);
    expect(finding?.repair).toMatch(/[=·<]/);
    expect(finding?.evidence).toMatchObject({ input: expect.any(String), what: expect.any(String) });
    expect(finding?.evidence?.seen).not.toEqual(finding?.evidence?.expected);
  });

  it.each(ids)("%s without a declaration", (id) => {
    const diagnosis = diagnosed(faults[id].create, precision, false);
    const convention = faults[id].grade === "convention";
    expect(present(diagnosis)).toEqual(convention ? [] : [id]);
    expect(diagnosis.healthy).toBe(faults[id].grade !== "wrong");
  });
});

/** What a fault decides. Two that decide the same number cannot stand side by side: one of them would undo the other. */
const DECIDES: Record<keyof typeof faults, readonly string[]> = {
  "stats-never-updated": ["the running pair after a training pass"],
  "decay-inverted": ["the running pair after a training pass"],
  "stats-hold-deviation": ["the running pair after a training pass"],
  "stats-average-inverse-deviation": ["the running pair after a training pass"],
  "stats-bessel-mismatch": ["the running pair after a training pass"],
  "stats-updated-twice": ["the running pair after a training pass"],
  "epsilon-folded-into-stats": ["the running pair after a training pass"],
  "stats-updated-in-eval": ["the running pair after an eval pass"],
  "stats-poisoned-by-nan": ["the running pair after a NaN"],
  "checkpoint-omits-stats": ["what is saved"],
  "eval-uses-batch-stats": ["y in eval"],
  "folded-affine-cancellation": ["y in eval"],
  // Nothing per feature is left to keep.
  "wrong-axis": ["y in training", "the running pair after a training pass"],
  "train-uses-pop-stats": ["y in training"],
  "unbiased-in-forward": ["y in training"],
  "variance-cancellation": ["y in training"],
  "batch-of-one-accepted": ["a batch of one"],
  "epsilon-outside-root": ["y in training", "y in eval"],
  "missing-root": ["y in training", "y in eval"],
  "affine-ignored": ["y in training", "y in eval"],
  "gradient-ignores-statistics": ["dx in training"],
  "gradient-ignores-mean": ["dx in training"],
  "gradient-ignores-variance": ["dx in training"],
  "sum-for-mean": ["dx in training"],
  "epsilon-missing-in-backward": ["dx in training"],
  "bessel-in-backward": ["dx in training"],
  "train-formula-in-eval": ["dx in eval"],
  "gamma-missing-in-dx": ["dx in training", "dx in eval"],
  "gamma-squared-in-dx": ["dx in training", "dx in eval"],
  "dgamma-from-x": ["dγ"],
  "affine-gradient-averaged": ["dγ"],
  "gradient-overwritten": ["dγ of a second pass"],
  "affine-never-trained": ["what is trained"],
};

const pairs = ids.flatMap((one, i) => ids.slice(i + 1).map((other) => [one, other] as const));
const shared = ([one, other]: (typeof pairs)[number]) =>
  DECIDES[one].filter((number) => DECIDES[other].includes(number));

describe("two faults at once", () => {
  const compatible = pairs.filter((pair) => shared(pair).length === 0);

  it.each(ids)(
    "%s beside each later one that decides something else: one of the two is named, or both",
    (id) => {
      expect(compatible.filter((pair) => pair.includes(id)).length).toBeGreaterThan(15);
      for (const [, other] of compatible.filter(([first]) => first === id)) {
        const found = present(
          diagnosed(
            (options) => createFaultPair(faults[id].create, faults[other].create, options),
            "float64",
          ),
        );
        expect(
          found.filter((name) => name !== id && name !== other),
          `${id} with ${other}`,
        ).toEqual([]);
        expect(found.length, `${id} with ${other}`).toBeGreaterThan(0);
      }
    },
  );

  it("lists the pairs that cannot stand side by side, with the number that both decide", () => {
    const incompatible = pairs.filter((pair) => shared(pair).length > 0);
    const reasons = incompatible.map(
      (pair) => `${pair.join(" + ")}: both decide ${shared(pair).join(" and ")}`,
    );
    expect(compatible.length + reasons.length).toBe(528);
    expect(reasons).toMatchSnapshot();
  });

  /** What a convention fault does to a layer, said in the options of another. */
  const altered: Partial<Record<FaultId, (options: BatchNormOptions) => BatchNormOptions>> = {
    "decay-inverted": (options) => ({ ...options, decay: 1 - Number(options.decay) }),
    "stats-updated-twice": (options) => ({ ...options, decay: Number(options.decay) ** 2 }),
    "stats-bessel-mismatch": (options) => ({ ...options, varianceCorrection: "unbiased" }),
  };

  it.each([
    ["decay-inverted", "stats-hold-deviation"],
    ["decay-inverted", "stats-average-inverse-deviation"],
    ["decay-inverted", "epsilon-folded-into-stats"],
    ["decay-inverted", "stats-bessel-mismatch"],
    ["stats-updated-twice", "stats-hold-deviation"],
    ["stats-updated-twice", "stats-average-inverse-deviation"],
    ["stats-updated-twice", "epsilon-folded-into-stats"],
    ["stats-updated-twice", "stats-bessel-mismatch"],
    ["stats-bessel-mismatch", "epsilon-folded-into-stats"],
    ["stats-bessel-mismatch", "stats-hold-deviation"],
  ] as const)("%s with %s: both decide the running pair, and both are named", (convention, other) => {
    const create: Create = (options) => faults[other].create(altered[convention]?.(options) ?? options);
    expect(present(diagnosed(create, "float64")).sort()).toEqual([convention, other].sort());
  });

  it("decay inverted and updated twice is neither: another decay than declared", () => {
    const create: Create = (options) => faults["stats-updated-twice"].create({ ...options, decay: 0.1 });
    expect(present(diagnosed(create, "float64"))).toEqual(["decay-not-as-declared"]);
  });

  it("without the mean's term and without the variance's is without statistics", () => {
    const create: Create = (options) => {
      const correct = createCorrectBatchNorm(options);
      const parts = [faults["gradient-ignores-mean"], faults["gradient-ignores-variance"]].map(({ create }) =>
        create(options),
      );
      const { forward, backward } = correct;
      correct.forward = (x, rows, mode) => {
        for (const part of parts) {
          for (const name of ["gamma", "beta", "popMean", "popVar"] as const) part[name].set(correct[name]);
          part.forward(x, rows, mode);
        }
        return forward(x, rows, mode);
      };
      // What each leaves out is a term of its own, so what they change adds up.
      correct.backward = (dy, rows) => {
        const [noMean, noVariance] = parts.map((part) => part.backward(dy, rows));
        return backward(dy, rows).map((right, i) => noMean[i] + noVariance[i] - right);
      };
      return correct;
    };
    expect(present(diagnosed(create, "float64"))).toEqual(["gradient-ignores-statistics"]);
  });
});
