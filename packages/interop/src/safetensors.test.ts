import { fromData, tensor } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { FormatError } from "./format-error.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";
import { type HeldFile, held, offsetOf, realFile, withHeader } from "./test-files.js";

const entry = (dtype: string, shape: string, offsets: string) =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
const two = `{"a":${entry("U8", "[2]", "[0,2]")},"b":${entry("U8", "[1]", "[2,3]")}}`;

describe("readSafetensors", () => {
  it.each(["dtypes.safetensors", "wide.safetensors", "unaligned.safetensors"])(
    "reads %s, exactly",
    (name) => {
      const { tensors, metadata } = readSafetensors(realFile(name));
      const expected = held<HeldFile>(name);
      expect(Object.keys(tensors).sort()).toEqual(Object.keys(expected.tensors).sort());
      for (const [key, { shape, values }] of Object.entries(expected.tensors)) {
        expect(tensors[key].shape).toEqual(shape);
        expect([...tensors[key].data]).toEqual(values);
      }
      expect({ ...metadata }).toEqual(expected.metadata);
    },
  );

  it("gives each dtype of a file its own dtype, whatever the values", () => {
    const { tensors } = readSafetensors(realFile("wide.safetensors"));
    const dtypes = Object.fromEntries(Object.entries(tensors).map(([name, { dtype }]) => [name, dtype]));
    expect(dtypes).toEqual({
      half: "float32",
      bfloat: "float32",
      bool: "uint8",
      int8: "int32",
      int16: "int32",
      uint16: "int32",
      uint32: "float64",
      int64: "float64",
      uint64: "float64",
      batches: "float64",
    });
  });

  it("copies, from the middle of a buffer and from a Node Buffer, too", () => {
    const file = realFile("dtypes.safetensors");
    const shifted = Buffer.from([1, 2, 3, ...file, 4]).subarray(3, 3 + file.length);
    const { tensors } = readSafetensors(shifted);
    expect(tensors).toEqual(readSafetensors(file).tensors);
    const [before] = tensors.float32.data;
    shifted.fill(0);
    expect(tensors.float32.data[0]).toBe(before);
  });

  it("takes __proto__ and constructor as names", () => {
    const { tensors } = readSafetensors(realFile("dtypes.safetensors"));
    expect(Object.getPrototypeOf(tensors)).toBe(null);
    const values = new Map(Object.entries(tensors).map(([name, { data }]) => [name, [...data]]));
    expect([values.get("__proto__"), values.get("constructor")]).toEqual([[1], [2]]);
    const { metadata } = readSafetensors(withHeader('{"__metadata__":{"__proto__":"x"}}'));
    expect(Object.entries(metadata)).toEqual([["__proto__", "x"]]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("takes no tensor, white space in the header, escapes and offsets that overlap in nothing", () => {
    expect(Object.keys(readSafetensors(withHeader("{}")).tensors)).toEqual([]);
    const spaced = `{ "\\u0061\\n" :\t${entry("U8", "[ 1 ]", "[ 0 , 1 ]")}, "e":${entry("F64", "[0,5]", "[1,1]")} }   `;
    const { tensors } = readSafetensors(withHeader(spaced, [9]));
    expect([...tensors["a\n"].data]).toEqual([9]);
    expect(tensors.e.shape).toEqual([0, 5]);
  });

  const refusals: readonly [string, Uint8Array, string, string | number][] = [
    ["nothing", new Uint8Array(), "the file must begin with the header's length, 8 bytes, got 0", 0],
    [
      "a header beyond the file",
      withHeader(two).subarray(0, 60),
      "the header must end within the file, whose 52 further bytes are fewer than 105",
      0,
    ],
    [
      "a header above 100 MB",
      Uint8Array.of(1, 0xe1, 0xf5, 5, 0, 0, 0, 0, 0x7b),
      "the header may have 100000000 bytes, got 100000001",
      0,
    ],
    [
      "a header of 2^63",
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80, 0x7b),
      "the header may have 100000000 bytes, got 9223372036854776000",
      0,
    ],
    ["white space first", withHeader(" {}"), 'the header must begin with "{"', 8],
    ["what follows the header", withHeader("{} x"), "something follows the header", "x"],
    ["an array", withHeader("[]"), 'the header must begin with "{"', 8],
    [
      "a duplicate key",
      withHeader(`{"a":${entry("U8", "[0]", "[0,0]")}, "a":${entry("U8", "[0]", "[0,0]")}}`),
      'the header has "a" twice',
      59 + 3,
    ],
    [
      "a duplicate field",
      withHeader('{"a":{"shape":[],"shape":[]}}'),
      'the entry "a" has "shape" twice',
      '"shape":[]}',
    ],
    [
      "an unknown field",
      withHeader('{"a":{"shap":[]}}'),
      'the entry "a" must have dtype, shape and data_offsets alone, got "shap"',
      '"shap"',
    ],
    ["no dtype", withHeader('{"a":{"shape":[0],"data_offsets":[0,0]}}'), 'the entry "a" has no dtype', '"a"'],
    [
      "a foreign dtype",
      withHeader(`{"a":${entry("F8_E4M3", "[0]", "[0,0]")}}`),
      'dtype of "a" must be one of BOOL, I8, I16, I32, I64, U8, U16, U32, U64, F16, BF16, F32, F64, got "F8_E4M3"',
      '"F8_E4M3"',
    ],
    [
      "the dtype toString",
      withHeader(`{"a":${entry("toString", "[0]", "[0,0]")}}`),
      'got "toString"',
      '"toString"',
    ],
    ...["1.0", "1e3", "-0", "-1", "01", "9007199254740993", "1e999", "+1", "1E2", "."].map(
      (number): [string, Uint8Array, string, string] => [
        `the size ${number}`,
        withHeader(`{"a":${entry("U8", `[${number}]`, "[0,1]")}}`, [0]),
        `shape[0] of "a" must be an integer from 0 to 2^53 - 1, written in digits alone, got ${number}`,
        number,
      ],
    ),
    [
      "a size that is a text",
      withHeader(`{"a":${entry("U8", '["1"]', "[0,1]")}}`, [0]),
      'shape[0] of "a" must be an integer, got "\\""',
      '"1"',
    ],
    [
      "a shape whose product overflows",
      withHeader(`{"a":${entry("U8", "[4294967296,4294967296]", "[0,0]")}}`),
      "the shape [4294967296, 4294967296], too many elements",
      '"a"',
    ],
    [
      "an overflow behind an empty axis",
      withHeader(`{"a":${entry("U8", "[0,4294967296,4294967296]", "[0,0]")}}`),
      "too many elements",
      '"a"',
    ],
    [
      "65 axes",
      withHeader(`{"a":${entry("U8", `[${"1,".repeat(64)}7]`, "[0,1]")}}`, [0]),
      'shape of "a" must have at most 64 numbers',
      "7]",
    ],
    [
      "three offsets",
      withHeader(`{"a":${entry("U8", "[1]", "[0,1,2]")}}`, [0]),
      'data_offsets of "a" must have at most 2 numbers',
      "2]",
    ],
    [
      "one offset",
      withHeader(`{"a":${entry("U8", "[1]", "[0]")}}`, [0]),
      'the entry "a" must have two data_offsets',
      '"a"',
    ],
    [
      "data beyond the file",
      withHeader(`{"a":${entry("U8", "[2]", "[0,2]")}}`, [0]),
      'data_offsets of "a" must lie in the 1 bytes of data, got [0, 2]',
      '"a"',
    ],
    [
      "data that ends before it begins",
      withHeader(`{"a":${entry("U8", "[0]", "[1,0]")}}`, [0]),
      "must lie in the 1 bytes of data, got [1, 0]",
      '"a"',
    ],
    [
      "data of another size",
      withHeader(`{"a":${entry("F32", "[2]", "[0,4]")}}`, [0, 0, 0, 0]),
      'the data of "a", [2], must have 8 bytes, got 4',
      '"a"',
    ],
    [
      "an overlap",
      withHeader(`{"a":${entry("U8", "[2]", "[0,2]")},"b":${entry("U8", "[2]", "[1,3]")}}`, [0, 0, 0]),
      'the data of "b" overlaps another tensor\'s',
      '"b"',
    ],
    [
      "a hole",
      withHeader(`{"b":${entry("U8", "[1]", "[1,2]")}}`, [5, 0]),
      'there are 1 bytes before the data of "b" that belong to no tensor',
      "\u0005",
    ],
    ["bytes at the end", withHeader(two, [0, 0, 0, 5]), "the last 1 bytes belong to no tensor", "\u0005"],
    [
      "a boolean of 5",
      withHeader(`{"a":${entry("BOOL", "[2]", "[0,2]")}}`, [1, 5]),
      '"a" holds a boolean that is neither 0 nor 1',
      "\u0005",
    ],
    [
      "an integer of 2^53",
      withHeader(`{"a":${entry("I64", "[1]", "[0,8]")}}`, [0, 0, 0, 0, 0, 0, 0x20, 0]),
      '"a" holds an integer beyond ±(2^53 - 1)',
      "\0\0\0\0\0\0 \0",
    ],
    [
      "metadata that is no text",
      withHeader('{"__metadata__":{"a":1}}'),
      '__metadata__."a" must be a string, got "1"',
      "1",
    ],
    ["nesting", withHeader(`{"a":${"[".repeat(100_000)}`), 'the entry "a" must be an object, got "["', "["],
    ["a control character", withHeader('{"a\nb":1}'), "holds a control character", "\n"],
    ["an unknown escape", withHeader('{"\\x":1}'), "has an escape that JSON does not know", '"\\x"'],
    ["half a surrogate pair", withHeader('{"\\ud800":1}'), "has half of a surrogate pair", '"\\ud800"'],
    ["a string without end", withHeader('{"abc'), "is a string that does not end", '"abc'],
    [
      "an object without end",
      withHeader(`{"a":${entry("U8", "[0]", "[0,0]")}`),
      'what follows in the header must be "," or "}", got the end',
      60,
    ],
  ];
  it.each(refusals)("refuses %s", (_, file, message, where) => {
    const offset = typeof where === "number" ? where : 8 + offsetOf(file.subarray(8), where);
    expect(() => readSafetensors(file)).toThrow(FormatError);
    expect(() => readSafetensors(file)).toThrow(`readSafetensors: `);
    expect(() => readSafetensors(file)).toThrow(message);
    expect(() => readSafetensors(file)).toThrow(expect.objectContaining({ offset }));
  });

  it.each([
    ["a lone continuation", [0x80], 0],
    ["an overlong slash", [0x61, 0xc0, 0xaf], 1],
    ["a surrogate", [0xed, 0xa0, 0x80], 0],
    ["beyond U+10FFFF", [0xc3, 0xa4, 0xf4, 0x90, 0x80, 0x80], 2],
    ["half a character", [0xe2, 0x82], 0],
  ])("refuses a name that is no UTF-8: %s", (_, name, bad) => {
    const file = withHeader('{"         ":1}');
    file.fill(0x20, 10).set([...name, 0x22], 10);
    expect(() => readSafetensors(file)).toThrow(
      new FormatError("readSafetensors: text must be UTF-8", 10 + bad),
    );
  });

  it("names what is no file", () => {
    expect(() => readSafetensors(new ArrayBuffer(9) as never)).toThrow(
      new TypeError("readSafetensors: the file must be a Uint8Array, got ArrayBuffer"),
    );
    expect(() => readSafetensors(null as never)).toThrow("got null");
    expect(() => readSafetensors(undefined as never)).toThrow("must be a Uint8Array, got undefined");
    expect(() => readSafetensors("{}" as never)).toThrow("got a string");
  });

  it("prints a name of the file without what could move a cursor", () => {
    const file = withHeader('{"\\u001b[2J\u202e\u009b":1}');
    expect(() => readSafetensors(file)).toThrow('"\\u001b[2J\\u202e\\u009b"');
  });
});

describe("writeSafetensors", () => {
  it("writes the bytes that the reference implementation wrote", () => {
    const file = realFile("dtypes.safetensors");
    expect(writeSafetensors(readSafetensors(file).tensors, { metadata: { format: "pt" } })).toEqual(file);
  });

  it("is read back bit for bit, NaN payloads and −0 included", () => {
    const bits = new Float32Array(Uint32Array.of(0x7fc00001, 0xffc00002, 0x80000000, 1).buffer);
    const tensors = {
      x: fromData(bits, [2, 2]),
      y: fromData(Float64Array.of(Math.PI), []),
      "": fromData(Int32Array.of(-5), [1]),
      ü: fromData(new Uint8Array(), [3, 0]),
      // Views into larger buffers.
      view: fromData(new Float32Array([1, 2, 3, 4]).subarray(1, 3), [2]),
    };
    const read = readSafetensors(writeSafetensors(tensors, { metadata: { a: 'ü\n"' } }));
    expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(tensors).sort());
    expect(read.tensors.x.data).toEqual(bits);
    expect(new Uint32Array(read.tensors.x.data.buffer)).toEqual(new Uint32Array(bits.buffer));
    expect(read.tensors.y).toEqual(tensors.y);
    expect(read.tensors[""]).toEqual(tensors[""]);
    expect(read.tensors.ü.shape).toEqual([3, 0]);
    expect([...read.tensors.view.data]).toEqual([2, 3]);
    expect({ ...read.metadata }).toEqual({ a: 'ü\n"' });
  });

  it("aligns the data to eight bytes, widest elements first", () => {
    for (const name of ["", "a", "abcdefg"]) {
      const file = writeSafetensors({ z: tensor([1], "uint8"), [name]: tensor([1], "float64") });
      const header = Number(new DataView(file.buffer).getBigUint64(0, true));
      expect(header % 8).toBe(0);
      expect([...file.subarray(8 + header)]).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 1]);
    }
  });

  it("refuses names that the format cannot hold", () => {
    expect(() => writeSafetensors({ __metadata__: tensor([1]) })).toThrow(
      new RangeError("writeSafetensors: no tensor may be called __metadata__"),
    );
    const lone = new RangeError('writeSafetensors: "\\ud800" has half of a surrogate pair');
    expect(() => writeSafetensors({ "\ud800": tensor([1]) })).toThrow(lone);
    expect(() => writeSafetensors({}, { metadata: { a: "\ud800" } })).toThrow(lone);
  });
});
