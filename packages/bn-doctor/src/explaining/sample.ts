import type { Normalisation } from "../models/normalisation.js";
import type { ParsedRecord, Quantity } from "../record.js";

/** So many numbers of a matrix rule out nearly every wrong formula. */
const ENOUGH = 128;

/**
 * Part of a large record, for a quick look: whole features, or whole rows for formulas that take each row by itself.
 * A small record is its own sample.
 */
export function sampleOf(record: ParsedRecord, statistics: Normalisation["statistics"]): ParsedRecord {
  const { rows, features, outputs, pair, dy } = record;
  const byRow = statistics === "row";
  const keptRows = byRow ? Math.min(rows, Math.max(2, Math.floor(ENOUGH / features))) : rows;
  const kept = byRow ? features : Math.min(features, Math.max(2, Math.floor(ENOUGH / rows)));
  if (keptRows === rows && kept === features) return record;
  const cut = (numbers: Float64Array) =>
    numbers.filter((_, i) => i % features < kept && i < keptRows * features);
  const cutOutputs = Object.entries(outputs).map(([name, numbers]) => [name, cut(numbers)]);
  return {
    ...record,
    rows: keptRows,
    features: kept,
    x: cut(record.x),
    dy: dy === undefined ? undefined : cut(dy),
    gamma: cut(record.gamma),
    beta: cut(record.beta),
    pair: pair === undefined ? undefined : { mean: cut(pair.mean), variance: cut(pair.variance) },
    outputs: Object.fromEntries(cutOutputs) as Partial<Record<Quantity, Float64Array>>,
  };
}
