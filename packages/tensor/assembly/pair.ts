/**
 * Two neighbouring elements as float64: what the scalar engine computes in. The last pair of an odd number may reach
 * beyond it, into the next row or into padding: what is read there goes nowhere.
 */
export function loadPair<T extends number>(from: usize): v128 {
  return sizeof<T>() === 4 ? f64x2.promote_low_f32x4(v128.load64_zero(from)) : v128.load(from);
}

/** May write beyond an odd number of elements: for what ends in padding. */
export function storePair<T extends number>(to: usize, pair: v128): void {
  if (sizeof<T>() === 4) v128.store64_lane(to, f32x4.demote_f64x2_zero(pair), 0);
  else v128.store(to, pair);
}

/** Elements j and j + 1 of a row of `columns` that begins at `to`. The next row, which may be still to be read, stays. */
export function storeInRow<T extends number>(to: usize, j: usize, columns: usize, pair: v128): void {
  const at = to + j * sizeof<T>();
  if (j + 1 < columns) storePair<T>(at, pair);
  else store<T>(at, f64x2.extract_lane(pair, 0) as T);
}
