import { allocate, type Data, type DataOf, type DType, type FloatDType, isFloat } from "./dtype.js";
import { currentEngine } from "./engines/select.js";

interface Slot {
  readonly dtype: DType;
  readonly whole: Data;
  current: Data;
}

/**
 * Storage that is used again: what is made within {@link run} lies where the tensors of the pass before lay, so that a
 * loop over passes allocates nothing. A pass begins with {@link restart}; from then on the tensors of the pass before
 * are no more to be read. The engine reaches this storage without copying.
 */
export class Workspace {
  readonly #slots: Slot[] = [];
  #next = 0;

  /** Begins a pass. */
  restart(): void {
    this.#next = 0;
  }

  /** What `work` returns. The tensors that it makes belong to the pass. */
  run<T>(work: () => T): T {
    const outer = workspace;
    workspace = this;
    try {
      return work();
    } finally {
      workspace = outer;
    }
  }

  /** The storage of the pass's next tensor; its elements are anything. */
  take<D extends DType>(dtype: D, length: number): DataOf<D> {
    const slot = this.#slots[this.#next];
    if (slot?.dtype !== dtype || slot.whole.length < length) {
      const whole = lasting(dtype, length);
      this.#slots[this.#next] = { dtype, whole, current: whole };
    } else if (slot.current.length !== length) {
      slot.current = partOf(slot, length);
    }
    return this.#slots[this.#next++].current as DataOf<D>;
  }
}

let workspace: Workspace | undefined;

/** Zeros that the engine reaches without a copy, where it can. */
export function lasting<D extends DType>(dtype: D, length: number): DataOf<D> {
  const own = isFloat(dtype) ? currentEngine().storage<FloatDType>(dtype, length) : undefined;
  return (own ?? allocate(dtype, length)) as DataOf<D>;
}

function partOf({ dtype, whole }: Slot, length: number): Data {
  if (whole.length === length) return whole;
  return isFloat(dtype)
    ? currentEngine().part<FloatDType>(dtype, whole as DataOf<FloatDType>, length)
    : whole.subarray(0, length);
}

/** Storage for a result: of the workspace at work, with anything in it, or else new. */
export const fresh = <D extends DType>(dtype: D, length: number): DataOf<D> =>
  workspace && length > 0 ? workspace.take(dtype, length) : allocate(dtype, length);
