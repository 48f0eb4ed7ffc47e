import { existsSync, rmSync } from "node:fs";
import { defineConfig } from "tsup";

// A test may build to a folder of its own, beside a build that is in use.
if (!process.argv.includes("--out-dir")) rmSync("dist", { recursive: true, force: true });

const shared = { sourcemap: true, target: "es2022", silent: true } as const;
const entries = ["index", "mnist", "node", "relaxed"]
  .map((name) => `src/${name}.ts`)
  .filter((file) => existsSync(file));

/**
 * A package's library as ESM, file by file: a bundler leaves out the files that nobody asks for, whatever they do when
 * they load. A schedule without the engines is what this is for.
 */
const modules = defineConfig({
  ...shared,
  entry: [
    "src/**/*.ts",
    "!src/cli.ts",
    "!src/cli/**",
    "!src/**/*.{d,test,test-d,bench}.ts",
    "!src/**/test-*.ts",
  ],
  format: ["esm"],
  bundle: false,
});

/** The same as CommonJS, in one file. */
const commonjs = defineConfig({
  ...shared,
  entry: entries,
  format: ["cjs"],
  esbuildOptions(options) {
    options.conditions = ["@handgrad/source"];
  },
});

const types = defineConfig({ ...shared, entry: entries, format: ["esm", "cjs"], dts: { only: true } });

/**
 * A command: ESM with the workspace's sources and all development dependencies bundled in, one file and one more for each
 * part that it loads when it needs it.
 */
const command = defineConfig({
  ...shared,
  // What a command starts as a child process is an entry of its own.
  entry: ["src/cli.ts", "src/child.ts"].filter((file) => existsSync(file)),
  format: ["esm"],
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

/** What runs in the pages that a command writes: one minified file beside the command, style sheets as text in it. */
const pageScript = defineConfig({
  ...shared,
  entry: { "report-page": "src/html-report/script/index.ts" },
  format: ["iife"],
  outExtension: () => ({ js: ".js" }),
  platform: "browser",
  minify: true,
  sourcemap: false,
  noExternal: [/./],
  loader: { ".css": "text" },
});

export default [
  ...(entries.length > 0 ? [modules, commonjs, types] : []),
  ...(existsSync("src/cli.ts") ? [command] : []),
  ...(existsSync("src/html-report/script/index.ts") ? [pageScript] : []),
].flat();
