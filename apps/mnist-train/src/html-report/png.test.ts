import { crc32, inflateSync } from "node:zlib";
import { expect, it } from "vitest";
import { grayPng } from "./png.js";

it("writes header, rows and end, each with its checksum", () => {
  const png = grayPng([0, 0.5, 1, -1, 2, 0.2], 3);
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  const chunks: Record<string, Buffer> = {};
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const named = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(named));
    chunks[named.subarray(0, 4).toString()] = named.subarray(4);
    at += 12 + length;
  }
  expect(Object.keys(chunks)).toEqual(["IHDR", "IDAT", "IEND"]);
  // 3 wide, 2 high, 8 bits, grey, no interlacing.
  expect([...chunks.IHDR]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
  expect([...inflateSync(chunks.IDAT)]).toEqual([0, 0, 128, 255, 0, 0, 255, 51]);
});
