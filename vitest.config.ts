import { readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

const folders = ["packages", "apps"].flatMap((parent) =>
  readdirSync(new URL(parent, import.meta.url)).map((name) => `${parent}/${name}`),
);

/** What computes is tested on every engine: by default WebAssembly, and once more on the scalar one. */
const computing = ["packages/tensor", "packages/layers", "packages/training"];
const runs = [
  ...[...folders, "tests"].map((root) => ({ root, suffix: "", env: {}, exclude: [] as string[] })),
  ...computing.map((root) => ({
    root,
    suffix: " (scalar)",
    env: { HANDGRAD_ENGINE: "scalar" },
    exclude: ["**/engines/wasm*", "**/engines/wasm/**", "**/src/node/**"],
  })),
];

/**
 * Files of one project load their modules once for all of them: half of the time would go into loading them again. Not
 * where files choose an engine, or put something else in a module's place.
 */
const isolated = ["packages/tensor", "packages/training", "packages/terminal"];

/** Test files run side by side already; what is about threads asks for them. */
process.env.HANDGRAD_THREADS ??= "1";

/** Tests run on source: no build stands between an edit and its test. */
const conditions = ["@handgrad/source"];

export default defineConfig({
  test: {
    // vitest would keep one core free, which is half of a small machine.
    maxWorkers: "100%",
    projects: runs.map(({ root, suffix, env, exclude }) => ({
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: {
        root,
        name: root.slice(root.lastIndexOf("/") + 1) + suffix,
        env,
        include: ["**/*.test.ts"],
        exclude: ["**/node_modules/**", "**/dist/**", ...exclude],
        testTimeout: 60_000,
        hookTimeout: 60_000,
        isolate: isolated.includes(root),
      },
    })),
  },
});
