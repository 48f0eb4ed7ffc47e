import type { TensorLike } from "./layer-like.js";

type Entry = TensorLike | number | undefined;

export interface Snapshot {
  /** Puts everything back as it was, bit for bit. */
  restore(): void;
  /** Names of the entries that differ from what was saved, in their elements or as numbers. */
  changed(): string[];
}

/**
 * Remembers the named entries of a record: the numbers, and both the tensors themselves and their elements,
 * because code may write into a tensor or put another in its place. `record` is a function, because code may
 * also replace the whole record.
 */
export function takeSnapshot(record: () => object, names: readonly string[]): Snapshot {
  const entries = () => record() as Record<string, Entry>;
  const saved = names.map((name) => {
    const value = entries()[name];
    return { name, value, elements: isTensor(value) ? Array.from(value.data) : [] };
  });
  return {
    restore() {
      const now = entries();
      for (const { name, value, elements } of saved) {
        // An entry that only has a getter must not be assigned to without need.
        if (!Object.is(now[name], value)) now[name] = value;
        if (isTensor(value)) writeElements(value, elements);
      }
    },
    changed() {
      const now = entries();
      return saved
        .filter(({ name, value, elements }) => {
          const current = now[name];
          if (!isTensor(current) || !isTensor(value)) return !Object.is(current, value);
          return !sameElements(current.data, elements);
        })
        .map(({ name }) => name);
    },
  };
}

/** Equal bit for bit: NaN is NaN, and −0 is not 0. */
export function sameElements(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

function writeElements(tensor: TensorLike, elements: readonly number[]): void {
  const data = tensor.data as { [index: number]: number };
  for (let i = 0; i < elements.length; i++) data[i] = elements[i];
}

function isTensor(value: Entry): value is TensorLike {
  return typeof value === "object" && value !== null && "data" in value;
}
