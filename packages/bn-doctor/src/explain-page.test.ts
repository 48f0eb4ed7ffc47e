import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explain } from "./explain.js";
import type { Recorded } from "./test-recorded.js";

const page = readFileSync(new URL("../../../docs/explain-a-record.md", import.meta.url), "utf8");
const { snippets } = JSON.parse(
  readFileSync(new URL("../fixtures/records.json", import.meta.url), "utf8"),
) as Recorded;

/** Each snippet of the page, with the next block of output. */
const shown = [...page.matchAll(/```python\n# (record_\w+\.py)\n(.*?)```.*?```text\n(.*?)```/gs)].map(
  ([, name, code, output]) => ({ name, code, output }),
);

describe("docs/explain-a-record.md", () => {
  it("shows every recorded snippet", () => {
    expect(shown.map(({ name }) => name)).toEqual(Object.keys(snippets));
    expect(shown).toHaveLength(3);
  });

  it.each(shown)(
    "$name is the code that was run, and prints what the page says",
    ({ name, code, output }) => {
      expect(snippets[name].code).toBe(code);
      expect(explain(snippets[name].record).summary).toEqual(output.trimEnd().split("\n"));
    },
  );
});
