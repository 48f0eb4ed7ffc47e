/** Row-major multi-index of a flat position: position 5 in shape [2, 3] is [1, 2]; a scalar's is []. */
export function multiIndex(position: number, shape: readonly number[]): number[] {
  const index = new Array<number>(shape.length);
  let rest = position;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

export function formatIndex(position: number, shape: readonly number[]): string {
  return formatShape(multiIndex(position, shape));
}

export function formatShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}
