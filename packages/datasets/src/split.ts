import { type FloatDType, gatherRows, permutation, Random, requireShape } from "@handgrad/tensor";
import type { Dataset } from "./dataset.js";

export interface SplitOptions {
  /** Rows of the test part: an integer from 1 to rows − 1. */
  readonly test: number;
  readonly seed: number;
}

export interface Split<F extends number, D extends FloatDType> {
  readonly train: Dataset<F, D>;
  readonly test: Dataset<F, D>;
}

/**
 * Splits a dataset so that each class has its share of the test part, to within one row, and the sizes are exact.
 * Both parts are shuffled; the same seed gives the same split.
 * @throws RangeError where `test` leaves a part empty, ShapeError where there is not one label for each row.
 */
export function stratifiedSplit<F extends number, D extends FloatDType>(
  dataset: Dataset<F, D>,
  { test, seed }: SplitOptions,
): Split<F, D> {
  const { inputs, labels } = dataset;
  const rows = labels.data.length;
  requireShape("stratifiedSplit: inputs", inputs.shape, [rows, null]);
  if (!Number.isSafeInteger(test) || test < 1 || test >= rows) {
    throw new RangeError(`stratifiedSplit: test must be an integer from 1 to ${rows - 1}, got ${test}`);
  }
  const rng = new Random(seed);
  const byClass = new Map<number, number[]>();
  for (const row of permutation(rows, rng).data) {
    const label = labels.data[row];
    const members = byClass.get(label);
    if (members) members.push(row);
    else byClass.set(label, [row]);
  }
  const shares = testShares(
    [...byClass.values()].map((members) => members.length),
    test,
    rows,
  );
  const picked = { train: [] as number[], test: [] as number[] };
  for (const [index, members] of [...byClass.values()].entries()) {
    for (const [i, row] of members.entries()) (i < shares[index] ? picked.test : picked.train).push(row);
  }
  const part = (members: readonly number[]): Dataset<F, D> => {
    const order = permutation(members.length, rng).data.map((i) => members[i]);
    return {
      ...dataset,
      inputs: gatherRows(inputs, order) as Dataset<F, D>["inputs"],
      labels: gatherRows(labels, order),
    };
  };
  return { train: part(picked.train), test: part(picked.test) };
}

/** Each class's exact share rounded down, and one more for the greatest remainders until the sum is `test`. */
function testShares(counts: readonly number[], test: number, rows: number): number[] {
  const exact = counts.map((count) => (count * test) / rows);
  const shares = exact.map(Math.floor);
  const byRemainder = [...exact.keys()].sort((a, b) => exact[b] - shares[b] - (exact[a] - shares[a]));
  const missing = test - shares.reduce((a, b) => a + b, 0);
  for (const index of byRemainder.slice(0, missing)) shares[index]++;
  return shares;
}
