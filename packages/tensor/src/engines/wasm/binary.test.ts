import { expect, it } from "vitest";
import { compile, embed, hasCompiler } from "../../../assembly/compile.mjs";

it.for([
  ["index.ts", "binary.ts"],
  ["relaxed.ts", "relaxed-binary.ts"],
] as const)("of assembly/%s, %s has what it compiles to, byte for byte", async ([entry, file], { skip }) => {
  skip(!hasCompiler(), "the compiler is not installed: `pnpm --filter @handgrad/tensor wasm` does it");
  await expect(embed(await compile(entry), entry)).toMatchFileSnapshot(`./${file}`);
});
