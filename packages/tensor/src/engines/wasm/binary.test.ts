import { expect, it } from "vitest";
import { compile, embed } from "../../../assembly/compile.mjs";

it("the embedded module is what assembly/ compiles to, byte for byte", async () => {
  await expect(embed(await compile())).toMatchFileSnapshot("./binary.ts");
});
