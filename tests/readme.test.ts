import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { root, tsc } from "./workspace.js";

// Inside this folder, so that the example's imports resolve as they do in the workspace.
mkdirSync(`${root}/tests/.tmp`, { recursive: true });
const folder = mkdtempSync(`${root}/tests/.tmp/readme-`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const examples = [...readFileSync(`${root}/README.md`, "utf8").matchAll(/```ts\n(.*?)```/gs)].map(
  (match) => match[1],
);

it("the README has an example", () => {
  expect(examples.length).toBeGreaterThan(0);
});

for (const [index, code] of examples.entries()) {
  it(`the README's example ${index + 1} compiles and runs as written`, async () => {
    const file = join(folder, `example-${index + 1}.ts`);
    writeFileSync(file, code);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ extends: `${root}/tsconfig.base.json`, files: [file] }),
    );
    tsc(["-p", folder], folder);
    const printed: unknown[] = [];
    const log = console.log;
    console.log = (...values: unknown[]) => printed.push(...values);
    try {
      await import(file);
    } finally {
      console.log = log;
    }
    expect(printed.length).toBeGreaterThan(0);
  });
}
