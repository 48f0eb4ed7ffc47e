import { fromData, type Matrix } from "@handgrad/tensor";
import { decode } from "fast-png";
import { BadInput } from "terminal";

/** Of either side: 16 million pixels take a second. */
const LARGEST = 4096;
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * The brightness of each pixel of a PNG of any kind, from 0 for black to 1 for white: 0.299 R + 0.587 G + 0.114 B, what is
 * transparent on white.
 * @throws BadInput for what is no PNG, or larger than 4096 × 4096, which is looked at before anything is unpacked.
 */
export function readImage(name: string, bytes: Uint8Array): Matrix {
  if (bytes.length < 33 || SIGNATURE.some((byte, i) => bytes[i] !== byte)) {
    throw new BadInput(`${name}: must be a PNG image`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (Math.min(width, height) < 1 || Math.max(width, height) > LARGEST) {
    throw new BadInput(`${name}: width and height must be from 1 to ${LARGEST}, got ${width} and ${height}`);
  }
  try {
    return brightness(decode(bytes), width, height);
  } catch (error) {
    throw new BadInput(`${name}: is damaged (${(error as Error).message})`);
  }
}

function brightness(image: ReturnType<typeof decode>, width: number, height: number): Matrix {
  const { data, depth, palette, channels } = image;
  const most = 2 ** depth - 1;
  const at = (pixel: number): readonly number[] => {
    if (palette) return palette[packed(data, pixel, width, depth)].map((part) => part / 255);
    if (depth < 8) return [packed(data, pixel, width, depth) / most];
    return Array.from({ length: channels }, (_, c) => data[pixel * channels + c] / most);
  };
  const out = Float32Array.from({ length: width * height }, (_, pixel) => {
    const parts = at(pixel);
    const [r, g, b] = parts.length < 3 ? [parts[0], parts[0], parts[0]] : parts;
    const alpha = parts.length % 2 === 0 ? parts[parts.length - 1] : 1;
    return alpha * (0.299 * r + 0.587 * g + 0.114 * b) + 1 - alpha;
  });
  return fromData(out, [height, width]);
}

/** Pixels of fewer than eight bits stand together in a byte, and each row begins with a new one. */
function packed(data: ArrayLike<number>, pixel: number, width: number, depth: number): number {
  const perByte = 8 / depth;
  const [row, column] = [Math.floor(pixel / width), pixel % width];
  const byte = data[row * Math.ceil(width / perByte) + Math.floor(column / perByte)];
  return (byte >> (8 - depth * ((column % perByte) + 1))) & (2 ** depth - 1);
}
