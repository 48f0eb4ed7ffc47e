import { readdirSync, readFileSync } from "node:fs";

const folders = readdirSync("packages").map((name) => `packages/${name}`);
const isPublic = (folder) => !JSON.parse(readFileSync(`${folder}/package.json`, "utf8")).private;

/** Not from the checkout's remote, which a copy or a fork has otherwise or not at all. */
const links = {
  disableGit: true,
  basePath: ".",
  sourceLinkTemplate: "https://github.com/handgrad/handgrad/blob/main/{path}#L{line}",
};

/** The reference of every public package, from its doc comments: `pnpm reference` writes docs/api. */
export default {
  name: "handgrad",
  entryPointStrategy: "packages",
  entryPoints: folders.filter(isPublic),
  ...links,
  packageOptions: {
    ...links,
    entryPoints: ["src/index.ts"],
    // A type that only helps to write another one is named there and nowhere else.
    validation: { notExported: false, notDocumented: true },
    requiredToBeDocumented: ["Function", "Class", "Variable"],
  },
  readme: "none",
  highlightLanguages: ["typescript", "javascript", "python", "bash", "json"],
  out: "docs/api",
  treatWarningsAsErrors: true,
  validation: { notExported: false },
};
