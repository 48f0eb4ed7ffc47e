import { expect, it } from "vitest";
import { ShapeError } from "./errors.js";
import { expectShape } from "./expect-shape.js";
import { requireShape } from "./shape.js";
import { zeros } from "./tensor.js";

it("requireShape names the tensor, the pattern, the shape and the axis", () => {
  const forward = "BatchNorm.forward: x";
  expect(() => requireShape(forward, [32, 784], [{ atLeast: 2 }, 128])).toThrow(
    new ShapeError("BatchNorm.forward: x must be [N>=2, 128], got [32, 784] (axis 1 is 784, not 128)"),
  );
  expect(() => requireShape(forward, [1, 128], [{ atLeast: 2 }, 128])).toThrow(
    "must be [N>=2, 128], got [1, 128] (axis 0 is 1, less than 2)",
  );
  expect(() => requireShape("x", [3], [null, 3])).toThrow("x must be [N, 3], got [3] (1 axis, not 2)");
  expect(() => requireShape("x", [], [])).not.toThrow();
  expect(() => requireShape("x", [0, 3], [null, 3])).not.toThrow();
});

it("expectShape returns the same tensor or throws", () => {
  const x = zeros([4, 3]);
  expect(expectShape(x, [null, 3])).toBe(x);
  expect(() => expectShape(x, [null, 4], "images")).toThrow(
    "images must be [N, 4], got [4, 3] (axis 1 is 3, not 4)",
  );
});
