import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { BadInput } from "./bad-input.js";
import { importGuest, whyNotLoaded } from "./import-guest.js";

const folder = mkdtempSync(join(tmpdir(), "terminal-"));
afterAll(() => rmSync(folder, { recursive: true }));

function moduleFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("a user's module", () => {
  it("gives its exports", async () => {
    const path = moduleFile("fine.mjs", "export default 7; export const other = 8;");
    expect({ ...(await importGuest(path, "fine.mjs")) }).toEqual({ default: 7, other: 8 });
  });

  it.each([
    [
      "throws.mjs",
      'export const x = 1;\nthrow new TypeError("no");',
      /^\.\/m cannot be loaded: TypeError: no \(line 2\)$/,
    ],
    ["string.mjs", 'throw "no"', /^\.\/m cannot be loaded: no$/],
    ["missing.mjs", 'import "./nowhere.js"', /^\.\/m cannot be loaded: .*nowhere\.js/],
  ])("%s: one line that says why, and where", async (name, text, message) => {
    const refused = await importGuest(moduleFile(name, text), "./m").catch((error) => error);
    expect(refused).toBeInstanceOf(BadInput);
    expect(refused.message).toMatch(message);
    expect(refused.message).not.toContain("\n");
  });

  const coded = (code: string, message: string) => Object.assign(new TypeError(message), { code });
  it.each([
    [
      new SyntaxError("Unexpected end of input"),
      "./m cannot be loaded: SyntaxError: Unexpected end of input (node --check /a/m.js shows where)",
    ],
    [
      coded("ERR_UNKNOWN_FILE_EXTENSION", 'Unknown file extension ".ts" for /mine.ts'),
      `./m: TypeScript needs Node 22.18 or newer, this is ${process.version}; or compile it to JavaScript`,
    ],
    [coded("ERR_UNKNOWN_FILE_EXTENSION", 'Unknown file extension ".txt"'), "./m must be a JavaScript module"],
  ])("as Node itself puts it: %s", (error, message) => {
    expect(whyNotLoaded(error, "/a/m.js", "./m").message).toBe(message);
  });
});
