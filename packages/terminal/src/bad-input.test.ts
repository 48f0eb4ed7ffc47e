import { expect, it } from "vitest";
import { BadInput } from "./bad-input.js";

it("is one line, whatever the user wrote", () => {
  expect(new BadInput('--lr must be a positive number, got "1 \r\n\t2\x1b"\n').message).toBe(
    '--lr must be a positive number, got "1 2 "',
  );
});
