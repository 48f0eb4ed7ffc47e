import type { FloatData } from "../../dtype.js";
import type { Memory } from "./web-assembly.js";

const PAGE = 65_536;

/** To whole vectors of 16 bytes, and so that a kernel may read and write a whole last vector. */
const aligned = (bytes: number): number => Math.ceil(bytes / 16) * 16;

/**
 * The module's memory as the workspace of one kernel call at a time: operands are copied in, results copied out, and
 * nothing stays. It grows to what the largest call needs.
 */
export class LinearMemory {
  readonly #memory: Memory;
  #float32: Float32Array;
  #float64: Float64Array;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#float32 = new Float32Array(memory.buffer);
    this.#float64 = new Float64Array(memory.buffer);
  }

  /** Addresses of parts of these sizes in bytes, or undefined where memory cannot grow that far. */
  reserve(sizes: readonly number[]): readonly number[] | undefined {
    let end = 0;
    const addresses = sizes.map((size) => {
      const address = end;
      end += aligned(size);
      return address;
    });
    const missing = end - this.#memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.#memory.grow(Math.ceil(missing / PAGE));
      } catch {
        return undefined;
      }
      // Growth detaches what was there.
      this.#float32 = new Float32Array(this.#memory.buffer);
      this.#float64 = new Float64Array(this.#memory.buffer);
    }
    return addresses;
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
    data.set(this.#part(address, data, to - from), from);
  }

  /** Zeros where `write` would write `data`. */
  clear(address: number, data: FloatData): void {
    this.#part(address, data, data.length).fill(0);
  }

  #part(address: number, like: FloatData, length: number): FloatData {
    return like instanceof Float32Array
      ? this.#float32.subarray(address / 4, address / 4 + length)
      : this.#float64.subarray(address / 8, address / 8 + length);
  }
}
