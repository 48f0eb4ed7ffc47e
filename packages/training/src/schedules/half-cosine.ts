/** Σ (−1)ᵏ·x²ᵏ/(2k)!, or with x in front and (2k + 1)! where odd, to the term in x¹⁷: for |x| ≤ π/4. */
function series(x: number, isOdd: boolean): number {
  let sum = 1;
  for (let n = isOdd ? 17 : 16; n >= 2; n -= 2) sum = 1 - (sum * x * x) / (n * (n - 1));
  return isOdd ? sum * x : sum;
}

/**
 * (1 + cos(π·share))/2: from 1 at share 0 down to 0 at share 1. Of +, −, ×, ÷ alone: `Math.cos` may differ between
 * JavaScript engines in the last bit, which a training run would carry on.
 */
export function halfCosine(share: number): number {
  // cos²(π·share/2), so that small values keep all their digits.
  const x = (Math.PI / 2) * Math.min(share, 1 - share);
  const sine = series(x, true);
  const cosine = series(x, false);
  return share <= 0.5 ? cosine * cosine : sine * sine;
}
