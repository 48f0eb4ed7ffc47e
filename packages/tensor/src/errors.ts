/** A tensor has another shape than the operation needs. The message names the operation, what it expected, and what came. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** A tensor has another dtype than the operation needs. */
export class DTypeError extends Error {
  override readonly name = "DTypeError";
}
