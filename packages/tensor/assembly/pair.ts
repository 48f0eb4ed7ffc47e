/**
 * Two neighbouring elements as float64: what the scalar engine computes in. A row's last pair may reach beyond it, into
 * the next row or into padding: what is read there goes nowhere, and what is written there is written again or unused.
 */
export function loadPair<T extends number>(from: usize): v128 {
  return sizeof<T>() === 4 ? f64x2.promote_low_f32x4(v128.load64_zero(from)) : v128.load(from);
}

export function storePair<T extends number>(to: usize, pair: v128): void {
  if (sizeof<T>() === 4) v128.store64_lane(to, f32x4.demote_f64x2_zero(pair), 0);
  else v128.store(to, pair);
}
