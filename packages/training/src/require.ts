/** Throws unless `value` is a finite number above 0. */
export function requirePositive(what: string, value: number): void {
  if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${what} must be a positive number, got ${value}`);
  }
}

/** Throws unless `value` is a finite number, 0 or above. */
export function requireNotNegative(what: string, value: number): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${what} must be 0 or a positive number, got ${value}`);
  }
}

/** Throws unless `value` is in [0, 1). */
export function requireShare(what: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw new RangeError(`${what} must be in [0, 1), got ${value}`);
}

/** Throws unless `value` is an integer above 0. */
export function requireCount(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${what} must be a positive integer, got ${value}`);
  }
}
