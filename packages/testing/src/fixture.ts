import { existsSync, readFileSync } from "node:fs";

/**
 * Reads `fixtures/<name>` of the calling package: `readFixture<Golden>(import.meta.url, "golden.json")` in
 * `packages/layers/src/dense.test.ts` reads `packages/layers/fixtures/golden.json`.
 * JSON has no numbers that are not finite: the strings "NaN", "Infinity" and "-Infinity" become them.
 *
 * `T` is the caller's word for what the file holds; it is not checked.
 *
 * @throws Error when the file does not exist, or the caller is not in a `src` folder.
 */
export function readFixture<T>(callerUrl: string, name: string): T {
  const src = callerUrl.lastIndexOf("/src/");
  if (src < 0) throw new Error(`readFixture: the caller must be in a src folder, got ${callerUrl}`);
  const url = new URL(`${callerUrl.slice(0, src)}/fixtures/${name}`);
  if (!existsSync(url)) throw new Error(`readFixture: there is no ${url.href}`);
  return JSON.parse(readFileSync(url, "utf8"), (_, value: unknown) =>
    typeof value === "string" && NOT_FINITE.has(value) ? Number(value) : value,
  );
}

const NOT_FINITE = new Set(["NaN", "Infinity", "-Infinity"]);
