// Declared here for the same reason as in fixture.ts.
declare const process: { readonly env: Readonly<Record<string, string | undefined>> };

/** Batch normalization's arXiv number, 1502.03167: any seed would do, if it is always the same. */
const SEED = 150203167;

/**
 * fast-check's settings for a property of `cases` cases: `fc.assert(property, propertyRuns(200))`.
 *
 * The normal run draws the same cases every time. HANDGRAD_PROPERTY_RUNS multiplies their number,
 * HANDGRAD_PROPERTY_SEED draws others. A failure prints its seed, its path and the smallest case that fails.
 *
 * @throws RangeError unless the factor is a positive number and the seed to an integer.
 */
export function propertyRuns(
  cases: number,
  env: Readonly<Record<string, string | undefined>> = process.env,
): { readonly numRuns: number; readonly seed: number } {
  const factor = Number(env.HANDGRAD_PROPERTY_RUNS || 1);
  const seed = Number(env.HANDGRAD_PROPERTY_SEED || SEED);
  if (!(factor > 0 && factor < Number.POSITIVE_INFINITY)) {
    throw new RangeError(
      `HANDGRAD_PROPERTY_RUNS must be a positive number, got ${env.HANDGRAD_PROPERTY_RUNS}`,
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`HANDGRAD_PROPERTY_SEED must be an integer, got ${env.HANDGRAD_PROPERTY_SEED}`);
  }
  return { numRuns: Math.ceil(cases * factor), seed };
}
