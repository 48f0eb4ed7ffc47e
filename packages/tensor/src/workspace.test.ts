import { normals } from "testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { add, matmul } from "./index.js";
import { empty, fromData, full, resident, tensor, zeros } from "./tensor.js";
import { Workspace } from "./workspace.js";

afterEach(() => vi.unstubAllGlobals());

describe("a workspace", () => {
  it("gives each pass the storage of the one before, in the order of what is made", () => {
    const workspace = new Workspace();
    const pass = (value: number) => {
      workspace.restart();
      return workspace.run(() => [
        full([3], value),
        full([2, 2], value, "float64"),
        full([2], value, "int32"),
      ]);
    };
    const first = pass(1);
    const second = pass(2);
    expect(second.map(({ data }, i) => data === first[i].data)).toEqual([true, true, true]);
    expect(first.map(({ data }) => [...data])).toEqual([
      [2, 2, 2],
      [2, 2, 2, 2],
      [2, 2],
    ]);
  });

  it("is sized by the largest pass: a smaller one takes a part, and so does what follows", () => {
    const workspace = new Workspace();
    const pass = (rows: number) => {
      workspace.restart();
      return workspace.run(() => [full([rows, 4], 1), full([rows], 2)]);
    };
    const large = pass(8);
    const small = pass(3);
    const again = pass(8);
    expect(small.map(({ data }) => data.length)).toEqual([12, 3]);
    expect(
      again.map(({ data }, i) => data === large[i].data || data.byteOffset === large[i].data.byteOffset),
    ).toEqual([true, true]);
    const larger = pass(9);
    expect(larger.map(({ data }) => data.length)).toEqual([36, 9]);
  });

  it("takes another storage where the dtype changes", () => {
    const workspace = new Workspace();
    const [a, b] = (["float32", "float64"] as const).map((dtype) => {
      workspace.restart();
      return workspace.run(() => full([4], 1, dtype));
    });
    expect([a.dtype, b.dtype, [...a.data], [...b.data]]).toEqual([
      "float32",
      "float64",
      [1, 1, 1, 1],
      [1, 1, 1, 1],
    ]);
  });

  it("concerns what is made within it, and nothing else", () => {
    const [outer, inner] = [new Workspace(), new Workspace()];
    const [a, b] = outer.run(() => [full([2], 1), inner.run(() => full([2], 2))]);
    const outside = full([2], 3);
    outer.restart();
    outer.run(() => full([2], 9));
    inner.restart();
    expect(() =>
      inner.run(() => {
        full([2], 8);
        throw new Error("of its own");
      }),
    ).toThrow("of its own");
    expect([a, b, outside, full([2], 4)].map(({ data }) => [...data])).toEqual([
      [9, 9],
      [8, 8],
      [3, 3],
      [4, 4],
    ]);
  });

  it("leaves zeros zero, and results as they are without it", () => {
    const a = fromData(Float32Array.from(normals(1, 15)), [3, 5]);
    const b = fromData(Float32Array.from(normals(2, 20)), [5, 4]);
    const expected = add(matmul(a, b), zeros([3, 4]));
    const workspace = new Workspace();
    for (let pass = 0; pass < 3; pass++) {
      workspace.restart();
      const result = workspace.run(() => add(matmul(a, b), zeros([3, 4])));
      expect([...result.data]).toEqual([...expected.data]);
      result.data.fill(Number.NaN);
    }
  });
});

it("a resident copy is one of its own", () => {
  const x = tensor([[1, 2, 3]]);
  const copy = resident(x);
  expect(copy).toEqual(x);
  x.data[0] = 9;
  expect([...copy.data]).toEqual([1, 2, 3]);
  expect(resident(tensor([[0.1]], "float64"))).toEqual(tensor([[0.1]], "float64"));
});

it("empty has shape and dtype, and refuses what is none", () => {
  expect(empty([2, 3], "float64").data).toHaveLength(6);
  expect(() => empty([-1])).toThrow("empty: ");
});
