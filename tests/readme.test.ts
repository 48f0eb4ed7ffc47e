import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { publicPackages, root, tsc } from "./workspace.js";

// Inside this folder, so that the examples' imports resolve as they do in the workspace.
mkdirSync(`${root}/tests/.tmp`, { recursive: true });
const folder = mkdtempSync(`${root}/tests/.tmp/readme-`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(`${root}/packages`).map((name) => `packages/${name}/README.md`),
  ...readdirSync(`${root}/docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
].filter((page) => existsSync(`${root}/${page}`));
const examples = pages.flatMap((page) =>
  [...readFileSync(`${root}/${page}`, "utf8").matchAll(/```ts\n(.*?)```/gs)].map(([, code], index) => ({
    title: `example ${index + 1} of ${page}`,
    file: join(folder, `${page.replaceAll(/\W/g, "-")}-${index + 1}.ts`),
    code,
  })),
);

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

it("every link within the repository leads somewhere", () => {
  const lost = pages.flatMap((page) => {
    const text = readFileSync(`${root}/${page}`, "utf8");
    return [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)/g)]
      .filter(([, path, anchor]) => {
        const target = path === "" ? `${root}/${page}` : join(root, dirname(page), path);
        if (!existsSync(target)) return true;
        return anchor && target.endsWith(".md") && !anchorsOf(readFileSync(target, "utf8")).includes(anchor);
      })
      .map(([link]) => `${page}: ${link}`);
  });
  expect(lost).toEqual([]);
});

describe("examples in READMEs and docs, as written", () => {
  beforeAll(() => {
    for (const { file, code } of examples) writeFileSync(file, code);
    const files = examples.map(({ file }) => file);
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: `${root}/tsconfig.base.json`,
        compilerOptions: { noUnusedLocals: false },
        files,
      }),
    );
  });

  it("stand in the README of every package that strangers install", () => {
    const firsts = publicPackages.map(({ folder }) => `example 1 of ${relative(root, folder)}/README.md`);
    expect(examples.map(({ title }) => title)).toEqual(
      expect.arrayContaining(["example 1 of README.md", ...firsts]),
    );
  });

  it("compile", () => {
    tsc(["-p", folder], folder);
  }, 120_000);

  for (const { title, file } of examples) {
    it(`${title} runs and prints`, async () => {
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
});
