/** Distance of `a` from `b` in units in the last place of `b`. */
export function ulps(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const exponent = Math.max(-1022, Math.floor(Math.log2(Math.abs(b))));
  return Math.abs(a - b) / 2 ** (exponent - 52);
}
