import { readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

const folders = ["packages", "apps"].flatMap((parent) =>
  readdirSync(new URL(parent, import.meta.url)).map((name) => `${parent}/${name}`),
);

/** Tests run on source: no build stands between an edit and its test. */
const conditions = ["@handgrad/source"];

export default defineConfig({
  test: {
    projects: [...folders, "tests"].map((root) => ({
      resolve: { conditions },
      ssr: { resolve: { conditions } },
      test: {
        root,
        name: root.slice(root.lastIndexOf("/") + 1),
        include: ["**/*.test.ts"],
        exclude: ["**/node_modules/**", "**/dist/**"],
        testTimeout: 60_000,
      },
    })),
  },
});
