import { existsSync } from "node:fs";
import { defineConfig } from "tsup";

/** Packages ship ESM, CommonJS and types; an app is one ESM command with the workspace's sources bundled in. */
const isApp = process.cwd().replaceAll("\\", "/").includes("/apps/");

export default defineConfig({
  entry: ["src/index.ts", "src/node.ts", "src/cli.ts"].filter((file) => existsSync(file)),
  format: isApp ? ["esm"] : ["esm", "cjs"],
  dts: !isApp,
  sourcemap: true,
  clean: true,
  target: "es2022",
  silent: true,
  esbuildOptions(options) {
    options.conditions = ["@handgrad/source"];
    if (isApp) {
      // What an app bundles from outside (its development dependencies) is taken as ESM where there is one, and may
      // still ask for Node's own modules by `require`: TensorFlow.js does both.
      options.mainFields = ["module", "main"];
      options.banner = {
        js: 'import { createRequire as nodeRequire } from "node:module"; const require = nodeRequire(import.meta.url);',
      };
    }
  },
});
