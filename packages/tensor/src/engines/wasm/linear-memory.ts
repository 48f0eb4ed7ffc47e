import type { FloatData } from "../../dtype.js";
import type { Memory } from "./web-assembly.js";

const PAGE = 65_536;
const ALIGNMENT = 16;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

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
  reserve(...sizes: readonly number[]): readonly number[] | undefined {
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

  write(address: number, data: FloatData): void {
    if (data instanceof Float32Array) this.#float32.set(data, address / 4);
    else this.#float64.set(data, address / 8);
  }

  fill(address: number, value: number, like: FloatData): void {
    this.#view(address, like).fill(value);
  }

  read(data: FloatData, address: number): void {
    data.set(this.#view(address, data));
  }

  #view(address: number, like: FloatData): FloatData {
    return like instanceof Float32Array
      ? this.#float32.subarray(address / 4, address / 4 + like.length)
      : this.#float64.subarray(address / 8, address / 8 + like.length);
  }
}
