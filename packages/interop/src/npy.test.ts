import { fromData, tensor } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { FormatError } from "./format-error.js";
import { readNpy, writeNpy } from "./npy.js";
import { type Held, held, realFile, realFiles, replaced } from "./test-files.js";

describe("readNpy", () => {
  it.each(realFiles(".npy"))("reads %s, exactly", (name) => {
    const { shape, data } = readNpy(realFile(name));
    const expected = held<Held>(name);
    expect(shape).toEqual(expected.shape);
    expect([...data]).toEqual(expected.values);
  });

  it("takes keys in any order, other quotes and no last comma", () => {
    const file = npy(`{"shape": (2,), 'fortran_order': True, 'descr': "|u1"}`, [5, 6]);
    expect(readNpy(file)).toEqual(tensor([5, 6], "uint8"));
  });

  const fine = "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }";
  const changed = (from: string, to: string) => npy(fine.replace(from, to), [7]);
  const file = realFile("float32.npy");
  const refusals: readonly [string, Uint8Array, string, number][] = [
    ["nothing", new Uint8Array(), 'the file must begin with \\x93NUMPY, got ""', 0],
    ["another file", Uint8Array.of(80, 75, 3, 4), 'got "PK\\u0003\\u0004"', 0],
    ["version 4", replaced(file, "Y\x01", "Y\x04"), "must have version 1, 2 or 3 of the format, got 4", 6],
    ["six bytes", file.subarray(0, 6), "got the end", 6],
    ["nine bytes", file.subarray(0, 9), "the file ends within its header", 9],
    ["a cut header", file.subarray(0, 50), "the header of the file has 118 bytes, but 40 are left", 8],
    [
      "a header of 4 GB",
      Uint8Array.from([...file.subarray(0, 6), 2, 0, 255, 255, 255, 255]),
      "the header of the file may have 10000 bytes, got 4294967295",
      8,
    ],
    [
      "cut data",
      file.subarray(0, file.length - 1),
      "the data of the file, [3, 4], must have 48 bytes, got 47",
      128,
    ],
    ["data too long", Uint8Array.from([...file, 0]), "must have 48 bytes, got 49", 128],
    [
      "an overflow",
      changed("(1,)", "(9007199254740991, 2)"),
      "the shape [9007199254740991, 2], too many elements",
      0,
    ],
    ["2^53", changed("(1,)", "(9007199254740993,)"), "too many elements", 0],
    ["a negative size", changed("(1,)", "(-1,)"), 'must have an integer in the shape, got "-1,), }\\n"', 61],
    ["a size of 1.0", changed("(1,)", "(1.0,)"), 'must have ",", got ".0,), }', 62],
    ["a size of 01", changed("(1,)", "(01,)"), 'must have an integer in the shape, got "01"', 61],
    ["a number for a shape", changed("(1,)", "(1)"), 'must have ",", got ")"', 62],
    [
      "a duplicate key",
      changed("'fortran_order'", "'descr'"),
      'the header of the file has "descr" twice',
      27,
    ],
    [
      "an unknown key",
      changed("'shape'", "'shap'"),
      'must have descr, fortran_order and shape alone, got "shap"',
      51,
    ],
    ["no shape", changed(", 'shape': (1,)", ""), "the header of the file has no shape", 10],
    [
      "pickled objects",
      changed("|u1", "|O"),
      "the file holds Python objects, which are programs: they are not read",
      20,
    ],
    [
      "records",
      changed("'|u1'", "[('a', '<f4')]"),
      "descr as a string, since records of fields are not read",
      20,
    ],
    [
      "long doubles",
      changed("|u1", "<f16"),
      'and one of b1, i1, i2, i4, i8, u1, u2, u4, u8, f2, f4, f8, got "<f16"',
      20,
    ],
    ["a wide type without byte order", changed("|u1", "|f4"), 'got "|f4"', 20],
    ["what follows", npy(`${fine} x`, [7]), 'must have nothing after its dictionary, got "x', 68],
    ["code", changed("(1,)", "exit()"), 'must have "(", got "exit(), }', 60],
    [
      "text",
      npy("{'descr': '<U1', 'fortran_order': False, 'shape': (), }", [65, 0, 0, 0]),
      "the file must hold numbers, got text",
      0,
    ],
  ];
  it.each(refusals)("refuses %s", (_, bytes, message, offset) => {
    expect(() => readNpy(bytes)).toThrow(FormatError);
    expect(() => readNpy(bytes)).toThrow(message);
    expect(() => readNpy(bytes)).toThrow(expect.objectContaining({ offset }));
  });
});

describe("writeNpy", () => {
  it.each(["float32.npy", "float64.npy", "int32.npy", "uint8.npy", "scalar.npy", "empty.npy"])(
    "writes %s as NumPy does, byte for byte",
    (name) => {
      const { shape, values } = held<Held>(name);
      const kinds = { "float64.npy": Float64Array, "int32.npy": Int32Array, "uint8.npy": Uint8Array };
      const kind = kinds[name as keyof typeof kinds] ?? Float32Array;
      expect(writeNpy(fromData(kind.from(values) as unknown as Float32Array, shape as number[]))).toEqual(
        realFile(name),
      );
    },
  );
});

/** A file of the dictionary as it is written here. */
function npy(dictionary: string, data: readonly number[]): Uint8Array {
  const text = Buffer.from(`${dictionary}\n`);
  return Uint8Array.from([
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    1,
    0,
    text.length & 255,
    text.length >> 8,
    ...text,
    ...data,
  ]);
}
