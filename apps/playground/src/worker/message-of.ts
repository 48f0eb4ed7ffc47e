/** What went wrong, and what to do where memory was refused. */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const refused = error instanceof RangeError && /alloc|memory|array length/i.test(message);
  return refused
    ? `The browser refused the memory that these settings need (${message}). Make the layers narrower or the batch smaller.`
    : message;
}
