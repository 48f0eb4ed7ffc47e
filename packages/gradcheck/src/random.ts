/**
 * Numbers for an upstream gradient: magnitude between 0.5 and 1.5, random sign.
 *
 * All ones would make batch norm's dx vanish and hide dropped terms. Numbers near zero would hide the outputs
 * they weigh. Generator: mulberry32 (Tommy Ettinger, public domain).
 */
export function randomWeights(seed: number, count: number): Float64Array {
  let state = seed | 0;
  const bits = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return Float64Array.from({ length: count }, () => {
    const sign = bits() < 2 ** 31 ? -1 : 1;
    return sign * (0.5 + bits() / 2 ** 32);
  });
}
