import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseIdx } from "./idx.js";
import { bigEndian, idxFile, images, labels, pixels } from "./test-idx.js";

describe("parseIdx", () => {
  it("reads unsigned bytes of any number of axes, in the middle of a buffer too", () => {
    expect(parseIdx(images)).toMatchObject({ dtype: "uint8", shape: [3, 2, 2] });
    expect([...parseIdx(images).data]).toEqual(pixels);
    expect(parseIdx(labels).shape).toEqual([3]);
    const shifted = new Uint8Array([1, 2, 3, ...images, 4]).subarray(3, 3 + images.length);
    expect([...parseIdx(shifted).data]).toEqual(pixels);
    expect(parseIdx(Buffer.from(images))).toEqual(parseIdx(images));
    expect(parseIdx(idxFile([0, 28, 28], [])).shape).toEqual([0, 28, 28]);
  });

  it("reads every type, big-endian", () => {
    const file = (type: number, values: readonly number[], set: keyof DataView, bytes: number) => {
      const view = new DataView(new ArrayBuffer(8 + bytes * values.length));
      view.setUint32(0, (type << 8) | 1);
      view.setUint32(4, values.length);
      for (const [i, value] of values.entries()) {
        (view[set] as (at: number, value: number) => void).call(view, 8 + i * bytes, value);
      }
      return parseIdx(new Uint8Array(view.buffer));
    };
    const cases = [
      [0x09, [-128, 0, 127], "setInt8", 1, "int32"],
      [0x0b, [-32768, 258, 32767], "setInt16", 2, "int32"],
      [0x0c, [-(2 ** 31), 16909060, 2 ** 31 - 1], "setInt32", 4, "int32"],
      [0x0d, [-0.5, 1.5, 2 ** -130], "setFloat32", 4, "float32"],
      [0x0e, [Math.PI, -1e300, 5e-324], "setFloat64", 8, "float64"],
    ] as const;
    for (const [type, values, set, bytes, dtype] of cases) {
      const { dtype: found, data } = file(type, values, set, bytes);
      expect(found).toBe(dtype);
      expect([...data]).toEqual(values);
    }
  });

  it("says what is wrong", () => {
    const wrong: readonly [Uint8Array, string][] = [
      [
        images.subarray(0, images.length - 1),
        "parseIdx: the file is cut off: its header promises [3, 2, 2], 12 bytes after the header, got 11",
      ],
      [
        Uint8Array.from([...labels, 0]),
        "parseIdx: the file is too long: its header promises [3], 3 bytes after the header, got 4",
      ],
      [images.subarray(0, 9), "parseIdx: the file is cut off: its header of 3 axes takes 16 bytes, got 9"],
      [new Uint8Array(), "parseIdx: the file must be an IDX file, got 0 bytes, too few for its magic number"],
      [
        Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
        "parseIdx: the file must be an IDX file, which begins with 00 00, a type from 08 to 0e and its number of axes, got 0x89504e47",
      ],
      [
        Uint8Array.of(0, 0, 10, 1, 0, 0, 0, 0),
        "parseIdx: the file must be an IDX file, which begins with 00 00, a type from 08 to 0e and its number of axes, got 0x00000a01",
      ],
      [
        gzipSync(images),
        "parseIdx: the file must be an IDX file, got a gzip file: unpack it by gunzip first",
      ],
    ];
    for (const [bytes, message] of wrong) expect(() => parseIdx(bytes)).toThrow(new RangeError(message));
    expect(() => parseIdx(new Uint8Array(), "digits.idx")).toThrow(/^digits\.idx must be an IDX file/);
  });

  it("allocates nothing for counts that the file has no bytes for", () => {
    const most = 2 ** 32 - 1;
    const header = (type: number, ...shape: number[]) =>
      Uint8Array.from([0, 0, type, shape.length, ...shape.flatMap(bigEndian), 1, 2, 3]);
    expect(() => parseIdx(header(0x0e, most))).toThrow(
      `is cut off: its header promises [${most}], ${8 * most} bytes after the header, got 3`,
    );
    expect(() => parseIdx(header(0x0c, most, most, most))).toThrow("is cut off");
    expect(() => parseIdx(header(8, ...Array(200).fill(most)))).toThrow(
      "Infinity bytes after the header, got 3",
    );
    expect(() => parseIdx(header(8, ...Array(200).fill(most), 0))).toThrow("0 bytes after the header, got 3");
  });
});
