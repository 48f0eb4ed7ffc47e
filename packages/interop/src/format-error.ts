/**
 * A file is not what its format says. The message names what is wrong, what was expected and what came; `offset` is
 * the byte of the file at which that shows.
 */
export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`${message} (byte ${offset})`);
    this.offset = offset;
  }
}

/** Ends reading with a {@link FormatError}. */
export type Fail = (message: string, offset: number) => never;

/** Errors that begin with the name of the reader. */
export const failing =
  (reader: string): Fail =>
  (message, offset) => {
    throw new FormatError(`${reader}: ${message}`, offset);
  };
