import { crc32, deflateSync } from "node:zlib";

const GREY = 0;
export const RGB = 2;
export const PALETTE = 3;
export const GREY_ALPHA = 4;
export const RGBA = 6;

/** A PNG of rows of bytes as they stand in the file. */
export function png(
  size: { readonly width: number; readonly height: number; readonly depth?: number; readonly color?: number },
  rows: readonly (readonly number[])[],
  palette?: readonly number[],
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size.width, 0);
  header.writeUInt32BE(size.height, 4);
  header.set([size.depth ?? 8, size.color ?? GREY], 8);
  const pixels = deflateSync(Buffer.from(rows.flatMap((row) => [0, ...row])));
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  const parts = [
    chunk("IHDR", header),
    ...(palette ? [chunk("PLTE", Buffer.from(palette))] : []),
    chunk("IDAT", pixels),
  ];
  return new Uint8Array(Buffer.concat([Buffer.from(signature), ...parts, chunk("IEND", Buffer.alloc(0))]));
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  out.set(body, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
