import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BadInput } from "./bad-input.js";
import { OutputFolder } from "./output-folder.js";

/** A folder that is not seen yet: another process makes it at the same time. */
let unseen: string | undefined;

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  return { ...fs, existsSync: (path: string) => path !== unseen && fs.existsSync(path) };
});

let root: string;
beforeEach(() => {
  unseen = undefined;
  root = mkdtempSync(join(tmpdir(), "output-folder-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

const refused = (out: string, code: string) =>
  new BadInput(`--out must be a folder that can be written to, got "${out}" (${code})`);

describe("making the folder", () => {
  it("makes every folder on the way, whatever their names, and leaves the last one empty", () => {
    const path = join(root, "a b", "ü 数", "c");
    expect(new OutputFolder(path).path).toBe(path);
    expect(readdirSync(path)).toEqual([]);
  });

  it("takes a folder that another process makes at the same time", () => {
    unseen = join(root, "a");
    mkdirSync(unseen);
    expect(new OutputFolder(join(root, "a", "b")).path).toBe(join(root, "a", "b"));
  });

  it("takes a folder that exists, and leaves alone what is in it", () => {
    writeFileSync(join(root, "own.txt"), "mine");
    new OutputFolder(root);
    expect(readdirSync(root)).toEqual(["own.txt"]);
  });

  it("resolves a relative path against INIT_CWD, where the user stands, else against the working directory", () => {
    vi.stubEnv("INIT_CWD", root);
    expect(new OutputFolder("a").path).toBe(join(root, "a"));
    vi.stubEnv("INIT_CWD", undefined);
    vi.spyOn(process, "cwd").mockReturnValue(join(root, "b"));
    expect(new OutputFolder("c").path).toBe(join(root, "b", "c"));
    vi.restoreAllMocks();
  });

  it("refuses a file, and a folder inside a file", () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    expect(() => new OutputFolder(file)).toThrow(refused(file, "ENOTDIR"));
    expect(() => new OutputFolder(join(file, "b"))).toThrow(refused(join(file, "b"), "ENOTDIR"));
    expect(readdirSync(root)).toEqual(["file"]);
  });

  it("takes back the folders that it had made when a deeper one cannot be made", () => {
    const tooLong = join(root, "a", "b", "x".repeat(300));
    expect(() => new OutputFolder(tooLong)).toThrow(refused(tooLong, "ENAMETOOLONG"));
    expect(readdirSync(root)).toEqual([]);
  });

  // Node's recursive mkdir never returns here.
  it.runIf(process.platform === "linux").each(["/proc/x", "/proc/x/y"])("refuses %s at once", (out) => {
    expect(() => new OutputFolder(out)).toThrow(refused(out, "ENOENT"));
  });

  // The superuser may write anywhere.
  it.skipIf(process.getuid?.() === 0)("refuses a folder that is read-only", () => {
    const readOnly = join(root, "read-only");
    mkdirSync(readOnly);
    chmodSync(readOnly, 0o555);
    expect(() => new OutputFolder(readOnly)).toThrow(refused(readOnly, "EACCES"));
  });
});

describe("writing", () => {
  it("replaces the file as a whole, and leaves nothing else", () => {
    const folder = new OutputFolder(root);
    folder.write("a.txt", "first, and longer");
    expect(folder.write("a.txt", "second\n")).toBe(join(root, "a.txt"));
    expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("second\n");
    expect(readdirSync(root)).toEqual(["a.txt"]);
  });

  it("says which file cannot be written, and leaves no half of it", () => {
    const folder = new OutputFolder(root);
    const taken = join(root, "a.txt");
    mkdirSync(join(taken, "in the way"), { recursive: true });
    expect(() => folder.write("a.txt", "text")).toThrow(new BadInput(`cannot write ${taken} (EISDIR)`));
    expect(readdirSync(root)).toEqual(["a.txt"]);
    rmSync(root, { recursive: true });
    expect(() => folder.write("a.txt", "text")).toThrow(new BadInput(`cannot write ${taken} (ENOENT)`));
    expect(existsSync(root)).toBe(false);
    mkdirSync(root);
  });
});
