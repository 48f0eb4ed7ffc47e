import type { DataOf, FloatData, FloatDType } from "../../dtype.js";
import { FreeList } from "./free-list.js";
import type { Instance } from "./instantiate.js";
import type { Threads } from "./threads.js";
import type { Memory } from "./web-assembly.js";

const PAGE = 65_536;
/** The first page is for threads' control, the second for the module's constants. */
const START = 2 * PAGE;

/** To whole vectors of 16 bytes, and one more, so that a kernel may read and write a whole last vector. */
const padded = (bytes: number): number => Math.ceil(bytes / 16) * 16 + 16;

/**
 * The module's memory. Some arrays live in it for good ({@link storage}); those of the JavaScript heap are copied into
 * a staging area for one kernel call, and results copied out. It grows to what is needed.
 */
export class LinearMemory {
  readonly #memory: Memory;
  readonly #shared: boolean;
  readonly #free = new FreeList();
  readonly #addresses = new WeakMap<FloatData, number>();
  readonly #dropped: FinalizationRegistry<{ readonly address: number; readonly bytes: number }>;
  readonly #vectors = new Map<number, Float64Array[]>();
  #staging = { address: START, bytes: 0 };
  #float32: Float32Array;
  #float64: Float64Array;

  constructor(
    { memory, shared }: Pick<Instance, "memory" | "shared">,
    /** Who may work in it side by side. */
    readonly threads: Threads,
  ) {
    this.#memory = memory;
    this.#shared = shared;
    this.#float32 = new Float32Array(memory.buffer);
    this.#float64 = new Float64Array(memory.buffer);
    this.#free.give(START, Math.max(0, memory.buffer.byteLength - START));
    this.#dropped = new FinalizationRegistry(({ address, bytes }) => this.#free.give(address, bytes));
  }

  /**
   * A zero-filled array in the memory, where kernels reach it without a copy, until nobody holds it any more.
   * Undefined where memory is full, or not shared: then the array would be lost when memory grows.
   */
  storage<D extends FloatDType>(dtype: D, length: number): DataOf<D> | undefined {
    if (!this.#shared) return undefined;
    const bytes = padded(length * (dtype === "float32" ? 4 : 8));
    const address = this.#take(bytes);
    if (address === undefined) return undefined;
    const data = this.#view(dtype, address, length);
    data.fill(0);
    this.#dropped.register(data, { address, bytes });
    return data;
  }

  /** A first part of what `storage` gave, as an array of its own. */
  part<D extends FloatDType>(dtype: D, whole: DataOf<D>, length: number): DataOf<D> {
    if (!this.#addresses.has(whole)) return whole.subarray(0, length) as DataOf<D>;
    const data = this.#view(dtype, whole.byteOffset, length);
    holders.set(data, whole);
    return data;
  }

  #view<D extends FloatDType>(dtype: D, address: number, length: number): DataOf<D> {
    const { buffer } = this.#memory;
    const data =
      dtype === "float32"
        ? new Float32Array(buffer, address, length)
        : new Float64Array(buffer, address, length);
    Object.defineProperty(data, "subarray", { value: heldSubarray });
    this.#addresses.set(data, address);
    return data as DataOf<D>;
  }

  /** Where `data` lives in the memory, or undefined. */
  addressOf(data: FloatData): number | undefined {
    return this.#addresses.get(data);
  }

  /** Vectors of zeros for one kernel call: the same ones at each. */
  vectors(count: number, length: number): readonly Float64Array[] {
    const own = this.#vectors.get(length) ?? [];
    this.#vectors.set(length, own);
    while (own.length < count) own.push(this.storage("float64", length) ?? new Float64Array(length));
    return own.slice(0, count).map((vector) => vector.fill(0));
  }

  /** Addresses of parts of these sizes in bytes, until the next call; undefined where memory cannot grow that far. */
  reserve(sizes: readonly number[]): readonly number[] | undefined {
    let end = 0;
    for (const size of sizes) end += padded(size);
    if (end > this.#staging.bytes) {
      this.#free.give(this.#staging.address, this.#staging.bytes);
      this.#staging = { address: START, bytes: 0 };
      const address = this.#take(end);
      if (address === undefined) return undefined;
      this.#staging = { address, bytes: end };
    }
    const starts: number[] = [];
    let start = this.#staging.address;
    for (const size of sizes) {
      starts.push(start);
      start += padded(size);
    }
    return starts;
  }

  #take(bytes: number): number | undefined {
    return this.#free.take(bytes) ?? (this.#grow(bytes) ? this.#free.take(bytes) : undefined);
  }

  /** Adds room for `bytes`, and as much as there is if that is granted, to grow seldom. */
  #grow(bytes: number): boolean {
    const before = this.#memory.buffer.byteLength;
    for (const more of [Math.max(bytes, before), bytes]) {
      const pages = Math.ceil(more / PAGE);
      try {
        this.#memory.grow(pages);
      } catch {
        continue;
      }
      // Growth detaches unshared buffers, and shared ones don't reach into what was added.
      this.#float32 = new Float32Array(this.#memory.buffer);
      this.#float64 = new Float64Array(this.#memory.buffer);
      this.#free.give(before, pages * PAGE);
      return true;
    }
    return false;
  }

  /** Elements `from` to `to` of `data`, to `address`. */
  write(address: number, data: FloatData, from = 0, to = data.length): void {
    const part = from === 0 && to === data.length ? data : data.subarray(from, to);
    if (data instanceof Float32Array) this.#float32.set(part, address / 4);
    else this.#float64.set(part, address / 8);
  }

  /** The same as float64. */
  writeAsFloat64(address: number, data: FloatData): void {
    this.#float64.set(data, address / 8);
  }

  /** Elements `from` to `to` of `data`, from `address`. */
  read(data: FloatData, address: number, from = 0, to = data.length): void {
    const [memory, size] = data instanceof Float32Array ? [this.#float32, 4] : [this.#float64, 8];
    data.set(memory.subarray(address / size, address / size + to - from), from);
  }
}

/** What a part of an array is a part of: as long as somebody holds the part, the whole is held, too. */
const holders = new WeakMap<FloatData, FloatData>();

function heldSubarray<A extends FloatData>(this: A, start?: number, end?: number): A {
  const own = Object.getPrototypeOf(this).subarray as (start?: number, end?: number) => A;
  const part = own.call(this, start, end);
  holders.set(part, this);
  Object.defineProperty(part, "subarray", { value: heldSubarray });
  return part;
}
