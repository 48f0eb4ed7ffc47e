import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { publicPackages } from "./workspace.js";

const read = (file: string) => JSON.parse(readFileSync(file, "utf8"));

it.each(publicPackages.map(({ name, folder }) => [name, folder]))(
  "every entry of %s is in the reference",
  (_, folder) => {
    const exported: Record<string, { readonly "@handgrad/source"?: string }> = read(
      `${folder}/package.json`,
    ).exports;
    const sources = Object.values(exported).flatMap((entry) => entry["@handgrad/source"]?.slice(2) ?? []);
    const own = `${folder}/typedoc.json`;
    expect(existsSync(own) ? read(own).entryPoints : ["src/index.ts"]).toEqual(sources);
  },
);
