interface Block {
  readonly start: number;
  readonly end: number;
}

/** Which parts of an address range that grows at its end are free: first fit, neighbours joined. */
export class FreeList {
  /** In the order of addresses, none touching the next. */
  readonly #free: Block[] = [];

  /** A part of `bytes` bytes, or undefined where none is free that large. */
  take(bytes: number): number | undefined {
    const index = this.#free.findIndex(({ start, end }) => end - start >= bytes);
    if (index < 0) return undefined;
    const { start, end } = this.#free[index];
    if (end - start === bytes) this.#free.splice(index, 1);
    else this.#free[index] = { start: start + bytes, end };
    return start;
  }

  give(start: number, bytes: number): void {
    let end = start + bytes;
    const index = this.#free.findIndex((block) => block.end >= start);
    const at = index < 0 ? this.#free.length : index;
    let joined = 0;
    for (const block of this.#free.slice(at, at + 2)) {
      if (block.start > end) break;
      start = Math.min(start, block.start);
      end = Math.max(end, block.end);
      joined++;
    }
    this.#free.splice(at, joined, { start, end });
  }
}
