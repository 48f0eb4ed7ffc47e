import { Inflate } from "fflate";

/** One byte of deflate can hold up to 1032, so a piece gives 1 MB at most before the count is looked at again. */
const PIECE = 1024;

/** Unpacks deflate data that must have `size` bytes. @throws Error, soon after the first byte too many, unless it has. */
export function inflate(packed: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  const stream = new Inflate((chunk) => {
    if (chunk.length > size - at) throw new Error(`it unpacks to more than ${size} bytes`);
    out.set(chunk, at);
    at += chunk.length;
  });
  for (let start = 0; start < packed.length; start += PIECE) {
    stream.push(packed.subarray(start, start + PIECE), start + PIECE >= packed.length);
  }
  if (at < size) throw new Error(`it unpacks to ${at} bytes, not ${size}`);
  return out;
}
