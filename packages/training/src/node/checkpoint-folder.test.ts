import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromData, tensor } from "@handgrad/tensor";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint-file.js";
import { CheckpointError, CheckpointFolder } from "./checkpoint-folder.js";

/** What the next write fails with, after half of the bytes. */
let failure: string | undefined;

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return {
    ...fs,
    writeFileSync: (file: number | string, bytes: Uint8Array | string) => {
      if (failure === undefined || typeof file === "string") return fs.writeFileSync(file, bytes);
      fs.writeFileSync(file, bytes.slice(0, bytes.length >> 1));
      throw Object.assign(new Error("injected"), { code: failure });
    },
  };
});

let path: string;
beforeEach(() => {
  failure = undefined;
  path = mkdtempSync(join(tmpdir(), "checkpoints-"));
});
afterEach(() => rmSync(path, { recursive: true }));

const odd = {
  numbers: [0, -0, 0.1, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  text: "ü\n\u2028$",
  nothing: null,
  yes: true,
  inside: [{ deep: [[]], tensors: [tensor([[1, 2, Number.NaN]]), tensor([0.1, -0], "float64")] }],
  ints: tensor([1, -2, 3], "int32"),
  bytes: tensor([1, 255, 3], "uint8"),
  scalar: fromData(Float64Array.of(7), []),
  empty: fromData(new Float32Array(0), [0, 3]),
};

describe("the bytes of a checkpoint", () => {
  it("hold all that they were given", () => {
    const back = decodeCheckpoint(encodeCheckpoint(odd)) as typeof odd;
    expect(back).toEqual(odd);
    expect(Object.is(back.numbers[1], -0)).toBe(true);
  });

  it("leave out what is undefined, and refuse what they cannot hold", () => {
    expect(decodeCheckpoint(encodeCheckpoint({ a: undefined, b: 1 }))).toEqual({ b: 1 });
    expect(() => encodeCheckpoint({ a: [() => 1] })).toThrow(
      "checkpoint: value.a[0] must be plain data or a tensor, got [object Function]",
    );
    expect(() => encodeCheckpoint({ a: new Map() })).toThrow("value.a must be plain data or a tensor");
    expect(() => encodeCheckpoint({ a: { $b: 1 } })).toThrow(
      "checkpoint: the key value.a.$b must not begin with $",
    );
  });

  it("are recognised as damaged wherever one of them is another, or the rest is missing", () => {
    const bytes = encodeCheckpoint({ weights: tensor([1, 2, 3]) });
    for (let i = 0; i < bytes.length; i++) {
      const damaged = Uint8Array.from(bytes);
      damaged[i] ^= 1;
      expect(() => decodeCheckpoint(damaged), `byte ${i}`).toThrow();
      expect(() => decodeCheckpoint(bytes.subarray(0, i)), `${i} bytes`).toThrow();
    }
  });
});

describe("a folder of checkpoints", () => {
  const files = () => readdirSync(path).sort();

  it("keeps the last two, and loads the newest", () => {
    const folder = new CheckpointFolder<typeof odd | number>(join(path, "a", "b"));
    expect(folder.load()).toBeUndefined();
    expect(folder.isEmpty).toBe(true);
    for (const value of [1, 2, odd]) folder.save(value);
    expect(readdirSync(folder.path).sort()).toEqual(["checkpoint-000002.bin", "checkpoint-000003.bin"]);
    expect(folder.isEmpty).toBe(false);
    const file = join(folder.path, "checkpoint-000003.bin");
    expect(folder.load()).toEqual({ value: odd, path: file, damaged: [] });
  });

  it("uses the one before where the newest is damaged, says so, and goes on behind it", () => {
    const folder = new CheckpointFolder<number>(path);
    folder.save(1);
    const newest = folder.save(2);
    truncateSync(newest, 100);
    const { value, damaged } = folder.load() ?? {};
    expect(value).toBe(1);
    expect(damaged).toEqual([expect.stringMatching(/2\.bin is damaged: it has \d+ of \d+ bytes behind its/)]);
    expect(folder.save(3)).toContain("000003");
    expect(folder.load()?.value).toBe(3);
  });

  it("keeps the whole one before the newest, not the damaged one", () => {
    const first = new CheckpointFolder<number>(path);
    first.save(1);
    truncateSync(first.save(2), 50);
    const folder = new CheckpointFolder<number>(path);
    expect(folder.load()?.value).toBe(1);
    truncateSync(folder.save(3), 50);
    expect(files()).toEqual(["checkpoint-000001.bin", "checkpoint-000003.bin"]);
    expect(new CheckpointFolder<number>(path).load()?.value).toBe(1);
  });

  it("goes on where files were taken away", () => {
    const folder = new CheckpointFolder<number>(path);
    rmSync(folder.save(1));
    expect(folder.save(2)).toContain("000002");
    expect(folder.load()?.value).toBe(2);
  });

  it("never replaces what it does not know: another run's, or another process's that is at work there", () => {
    const foreign = (file: string) =>
      new CheckpointError(
        `${file} was neither loaded nor written by this run, and one process at a time may write to a folder`,
      );
    const first = new CheckpointFolder<number>(path);
    const file = first.save(1);
    const second = new CheckpointFolder<number>(path);
    expect(() => second.save(2)).toThrow(foreign(file));
    expect(files()).toEqual(["checkpoint-000001.bin"]);
    second.load();
    const newer = second.save(2);
    expect(() => first.save(3)).toThrow(foreign(newer));
    expect(second.save(4)).toContain("000003");
    expect(second.load()?.value).toBe(4);
  });

  it("says what is wrong where none is whole", () => {
    const folder = new CheckpointFolder<number>(path);
    const file = folder.save(1);
    writeFileSync(file, "something else");
    expect(() => folder.load()).toThrow(
      new CheckpointError(
        `${file} is damaged: its first line is not a checkpoint's; there is no other checkpoint`,
      ),
    );
  });

  it("refuses those of another run, and names what differs", () => {
    const identity = { hidden: [32, 16], seed: 1 };
    const file = new CheckpointFolder<number>(path, { identity }).save(1);
    expect(new CheckpointFolder<number>(path, { identity: { ...identity } }).load()?.value).toBe(1);
    const other = new CheckpointFolder<number>(path, { identity: { ...identity, hidden: [32] } });
    expect(() => other.load()).toThrow(
      new CheckpointError(`${file} is of another run: its hidden is [32,16], here it is [32]`),
    );
    expect(readFileSync(file).length).toBeGreaterThan(0);
  });

  it("has an identity of plain data, of which what is undefined is no part", () => {
    const identity = { options: { rate: 1, decay: undefined } };
    new CheckpointFolder<number>(path, { identity }).save(1);
    expect(new CheckpointFolder<number>(path, { identity }).load()?.value).toBe(1);
    expect(() => new CheckpointFolder(path, { identity: { made: new Date(0) } })).toThrow(
      "checkpoint: value.identity.made must be plain data or a tensor, got [object Date]",
    );
  });

  it.each(["ENOSPC", "EIO"])("an %s while writing leaves the earlier ones, and no other file", (code) => {
    const folder = new CheckpointFolder<number>(path);
    folder.save(1);
    folder.save(2);
    const before = files();
    failure = code;
    expect(() => folder.save(3)).toThrow(
      new CheckpointError(
        `cannot write ${join(path, "checkpoint-000003.bin")} (${code}); earlier checkpoints are intact`,
      ),
    );
    expect(files()).toEqual(before);
    expect(folder.load()?.value).toBe(2);
  });

  it("takes away what a killed process left half written", () => {
    const folder = new CheckpointFolder<number>(path);
    folder.save(1);
    writeFileSync(join(path, "checkpoint-000002.bin.0a1b2c3d.tmp"), "half");
    expect(folder.load()?.value).toBe(1);
    folder.save(2);
    expect(files()).toEqual(["checkpoint-000001.bin", "checkpoint-000002.bin"]);
  });

  it("says where it cannot be", () => {
    const file = join(path, "file");
    writeFileSync(file, "");
    expect(() => new CheckpointFolder(file)).toThrow(
      new CheckpointError(`cannot make the folder ${file} (EEXIST)`),
    );
    expect(() => new CheckpointFolder(join(file, "in", "it"))).toThrow(/\(ENOTDIR\)$/);
  });
});
