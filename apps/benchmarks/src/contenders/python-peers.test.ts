import { expect, it } from "vitest";
import { pythonPeers } from "./python-peers.js";

it("skips each by its name where there is no such Python", async () => {
  const reason = "no-such-python is not there; name a Python by --python or HANDGRAD_PYTHON";
  expect(await pythonPeers("no-such-python", 2)).toEqual({
    contenders: [],
    skipped: ["pytorch", "tensorflow", "numpy"].map((id) => ({ id, reason })),
  });
});

it("skips each by its name where what is named is no Python", async () => {
  // Node takes the script for another language.
  const { contenders, skipped } = await pythonPeers(process.execPath, 2);
  expect(contenders).toEqual([]);
  expect(skipped[0]).toEqual({
    id: "pytorch",
    reason: `${process.execPath} does not run; name a Python by --python or HANDGRAD_PYTHON`,
  });
});
