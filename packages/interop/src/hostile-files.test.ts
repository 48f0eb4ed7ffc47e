import { deflateRawSync } from "node:zlib";
import type { AnyTensor } from "@handgrad/tensor";
import fc from "fast-check";
import { propertyRuns } from "testing";
import { describe, expect, it } from "vitest";
import { crc32 } from "./crc32.js";
import { readNpy, writeNpy } from "./npy.js";
import { readNpz, writeNpz } from "./npz.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";
import type { TensorFile } from "./tensor-file.js";
import { realFile, realFiles } from "./test-files.js";
import { type Draw, mutateBytes, mutated, mutateText, readOrRefuse } from "./test-mutations.js";

/**
 * Real files, changed. 20,000 in all with those of ONNX; HANDGRAD_PROPERTY_RUNS multiplies them,
 * HANDGRAD_PROPERTY_SEED draws others.
 */
const CASES = { safetensors: 8000, npy: 4000, npz: 5000 };

const sizeOf = (tensor: AnyTensor): number => tensor.data.byteLength;
const total = ({ tensors }: TensorFile): number =>
  Object.values(tensors)
    .map(sizeOf)
    .reduce((a, b) => a + b, 0);

/** How many files were read, of how many. A fuzzer all of whose files are refused at once tests little. */
const count = { read: 0, all: 0 };

describe("changed safetensors files", () => {
  const files = realFiles(".safetensors").map(realFile);
  const split = (file: Uint8Array) => {
    const data = 8 + Number(new DataView(file.buffer).getBigUint64(0, true));
    return { text: Buffer.from(file.subarray(8, data)).toString("latin1"), data: file.subarray(data) };
  };

  /** Most change the header as text and tell its new length; the others change bytes anywhere. */
  function mutate(file: Uint8Array, draws: readonly Draw[]): Uint8Array {
    if (draws[0].kind % 4 === 3) {
      return draws.reduce((bytes, draw, i) => mutateBytes(bytes, draw, files[i % files.length]), file);
    }
    const { text, data } = split(file);
    const changed = Buffer.from(
      draws.reduce((text, { kind, ...draw }) => mutateText(text, { kind: kind >> 2, ...draw }), text),
      "latin1",
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(changed.length));
    return Uint8Array.from(Buffer.concat([length, changed, data]));
  }

  it("are read as another reader reads them, or refused", () => {
    Object.assign(count, { read: 0, all: 0 });
    fc.assert(
      fc.property(mutated(files.length), ([index, draws]) => {
        const file = mutate(files[index], draws);
        const read = readOrRefuse(readSafetensors, file);
        count.all++;
        if (read === undefined) return;
        count.read++;
        expect(total(read)).toBeLessThanOrEqual(4 * file.length);
        const again = readSafetensors(writeSafetensors(read.tensors, { metadata: read.metadata }));
        expect(again.metadata).toEqual(read.metadata);
        // The other reader: JSON.parse, and one view of each plain tensor.
        const { data } = split(file);
        const end = file.length - data.length;
        const header = JSON.parse(new TextDecoder().decode(file.subarray(8, end)));
        for (const [name, tensor] of Object.entries(read.tensors)) {
          const { dtype, shape, data_offsets } = header[name];
          expect(tensor.shape).toEqual(shape);
          expect(again.tensors[name]).toEqual(tensor);
          if (["F32", "F64", "I32", "U8"].includes(dtype)) {
            const own = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength);
            expect(Buffer.compare(own, data.subarray(data_offsets[0], data_offsets[1]))).toBe(0);
          }
        }
      }),
      propertyRuns(CASES.safetensors),
    );
    expect(count.read).toBeGreaterThan(0.02 * count.all);
    expect(count.read).toBeLessThan(0.9 * count.all);
  });
});

/** Changes the header as text, and tells its new length, or bytes anywhere. */
function mutateNpy(file: Uint8Array, draws: readonly Draw[], others: readonly Uint8Array[]): Uint8Array {
  if (draws[0].kind % 3 === 2) {
    return draws.reduce((bytes, draw, i) => mutateBytes(bytes, draw, others[i % others.length]), file);
  }
  const start = file[6] === 1 ? 10 : 12;
  const end = start + new DataView(file.buffer).getUint16(8, true);
  const text = Buffer.from(file.subarray(start, end)).toString("latin1");
  const changed = Buffer.from(
    draws.reduce((text, { kind, ...draw }) => mutateText(text, { kind: kind >> 2, ...draw }), text),
    "latin1",
  );
  const head = Buffer.from(file.subarray(0, start));
  head.writeUInt16LE(changed.length, 8);
  return Uint8Array.from(Buffer.concat([head, changed, file.subarray(end)]));
}

const arrays = realFiles(".npy").map(realFile);

describe("changed .npy files", () => {
  it("are read, or refused", () => {
    Object.assign(count, { read: 0, all: 0 });
    fc.assert(
      fc.property(mutated(arrays.length), ([index, draws]) => {
        const file = mutateNpy(arrays[index], draws, arrays);
        const read = readOrRefuse(readNpy, file);
        count.all++;
        if (read === undefined) return;
        count.read++;
        expect(sizeOf(read)).toBeLessThanOrEqual(4 * file.length);
        expect(readNpy(writeNpy(read))).toEqual(read);
      }),
      propertyRuns(CASES.npy),
    );
    expect(count.read).toBeGreaterThan(0.02 * count.all);
    expect(count.read).toBeLessThan(0.9 * count.all);
  });
});

describe("changed .npz files", () => {
  const files = realFiles(".npz").map(realFile);

  /** Bytes anywhere; one of the fields of a random entry; or an array inside, with all sums made right again. */
  function mutate(file: Uint8Array, draws: readonly Draw[]): Uint8Array {
    const [first] = draws;
    if (first.kind % 3 === 0) {
      return draws.reduce((bytes, draw, i) => mutateBytes(bytes, draw, files[i % files.length]), file);
    }
    if (first.kind % 3 === 1) {
      const copy = Buffer.from(file);
      for (const draw of draws) {
        const records = ["PK\x01\x02", "PK\x03\x04", "PK\x05\x06"][draw.kind % 3];
        const places: number[] = [];
        for (let at = copy.indexOf(records); at >= 0; at = copy.indexOf(records, at + 1)) places.push(at);
        const at = places[draw.where % places.length] + (draw.what % 46);
        const value = [0, 1, 0x21, 0xffff, copy.length, copy.length - 22][(draw.where >> 4) % 6];
        if (at + 2 <= copy.length) copy.writeUInt16LE(value & 0xffff, at);
      }
      return Uint8Array.from(copy);
    }
    const npy = mutateNpy(
      arrays[first.where % arrays.length],
      draws.map(({ kind, ...draw }) => ({ kind: kind >> 2, ...draw })),
      arrays,
    );
    return deflatedArchive(npy, first.what % 2 === 0);
  }

  it("are read, or refused", () => {
    Object.assign(count, { read: 0, all: 0 });
    fc.assert(
      fc.property(mutated(files.length), ([index, draws]) => {
        const file = mutate(files[index], draws);
        const read = readOrRefuse(readNpz, file);
        count.all++;
        if (read === undefined) return;
        count.read++;
        expect(total(read)).toBeLessThanOrEqual(4 * 64 * file.length);
        expect(readNpz(writeNpz(read.tensors, { metadata: read.metadata }))).toEqual(read);
      }),
      propertyRuns(CASES.npz),
    );
    expect(count.read).toBeGreaterThan(0.02 * count.all);
    expect(count.read).toBeLessThan(0.9 * count.all);
  });
});

/** An archive of one file, deflated or stored. */
function deflatedArchive(npy: Uint8Array, deflate: boolean): Uint8Array {
  const packed = deflate ? deflateRawSync(npy) : Buffer.from(npy);
  const common = Buffer.alloc(22);
  common.writeUInt16LE(deflate ? 8 : 0, 4);
  common.writeUInt32LE(crc32(npy), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(npy.length, 18);
  const name = Buffer.from("x.npy");
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from([5, 0, 0, 0]), name, packed]);
  const central = Buffer.concat([
    Buffer.from("PK\x01\x02\0\0"),
    common,
    Buffer.from([5, 0]),
    Buffer.alloc(16),
    name,
  ]);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Uint8Array.from(Buffer.concat([local, central, end]));
}
