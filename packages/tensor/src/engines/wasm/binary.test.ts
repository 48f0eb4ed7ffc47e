import { expect, it } from "vitest";
import { compile, embed, hasCompiler } from "../../../assembly/compile.mjs";

it("the embedded module is what assembly/ compiles to, byte for byte", async ({ skip }) => {
  skip(!hasCompiler(), "the compiler is not installed: `pnpm --filter @handgrad/tensor wasm` does it");
  await expect(embed(await compile())).toMatchFileSnapshot("./binary.ts");
});
