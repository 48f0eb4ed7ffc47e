import { existsSync } from "node:fs";
import { defineConfig } from "tsup";

const shared = { sourcemap: true, target: "es2022", silent: true } as const;

/** A package's library: ESM, CommonJS and types. */
const library = defineConfig({
  ...shared,
  entry: ["src/index.ts", "src/node.ts"].filter((file) => existsSync(file)),
  format: ["esm", "cjs"],
  dts: true,
  clean: ["!cli.*"],
  esbuildOptions(options) {
    options.conditions = ["@handgrad/source"];
  },
});

/** A command: one ESM file with the workspace's sources and all development dependencies bundled in. */
const command = defineConfig({
  ...shared,
  // What a command starts as a child process is an entry of its own.
  entry: ["src/cli.ts", "src/child.ts"].filter((file) => existsSync(file)),
  format: ["esm"],
  clean: ["!index.*"],
  noExternal: [/^@handgrad\//],
  esbuildOptions(options) {
    options.conditions = ["@handgrad/source"];
    // What comes from outside is taken as ESM where there is one, and may still ask for Node's own modules by
    // `require`: TensorFlow.js does both.
    options.mainFields = ["module", "main"];
    options.banner = {
      js: 'import { createRequire as nodeRequire } from "node:module"; const require = nodeRequire(import.meta.url);',
    };
  },
});

export default [
  ...(existsSync("src/index.ts") ? [library] : []),
  ...(existsSync("src/cli.ts") ? [command] : []),
].flat();
