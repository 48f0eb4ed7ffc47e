/** An IDX file of unsigned bytes. */
export function idxFile(shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  return Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap(bigEndian), ...Array.from(data)]);
}

/** The four bytes of an unsigned integer. */
export const bigEndian = (value: number): number[] =>
  [value >>> 24, value >>> 16, value >>> 8, value].map((byte) => byte & 255);

/** Three images of 2 × 2 and their labels. */
export const pixels = [0, 255, 51, 102, 1, 2, 3, 4, 255, 255, 0, 0];
export const images = idxFile([3, 2, 2], pixels);
export const labels = idxFile([3], [7, 0, 9]);
