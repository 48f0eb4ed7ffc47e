/**
 * baseⁿ for an integer n ≥ 0, by squaring. `**` may differ between JavaScript engines in the last bit, which a training
 * run would carry on; products may not. The relative error is at most about n·2⁻⁵³.
 */
export function integerPower(base: number, n: number): number {
  let power = 1;
  let square = base;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power *= square;
    square *= square;
  }
  return power;
}
