import { expect, test } from "vitest";
import { sameElements, takeSnapshot } from "./snapshot.js";

const tensor = (...numbers: number[]) => ({ shape: [numbers.length], data: Float64Array.from(numbers) });

function example() {
  const layer = { state: { popMean: tensor(1, -0, Number.NaN), steps: 3, unused: undefined } };
  return { layer, snapshot: takeSnapshot(() => layer.state, Object.keys(layer.state)) };
}

test("nothing has changed at first", () => {
  const { snapshot } = example();
  expect(snapshot.changed()).toEqual([]);
});

test("restores elements bit for bit, and numbers", () => {
  const { layer, snapshot } = example();
  const { popMean } = layer.state;
  popMean.data.set([5, 0, 6]);
  layer.state.steps = 4;
  expect(snapshot.changed()).toEqual(["popMean", "steps"]);
  snapshot.restore();
  expect(snapshot.changed()).toEqual([]);
  expect(layer.state.popMean).toBe(popMean);
  expect([...popMean.data].map((value) => Object.is(value, -0))).toEqual([false, true, false]);
  expect([...popMean.data]).toEqual([1, -0, Number.NaN]);
  expect(layer.state.steps).toBe(3);
});

test("restores a tensor that was replaced, and what was written into it before", () => {
  const { layer, snapshot } = example();
  const { popMean } = layer.state;
  popMean.data[0] = 9;
  layer.state.popMean = tensor(7, 8, 9);
  expect(snapshot.changed()).toEqual(["popMean"]);
  snapshot.restore();
  expect(layer.state.popMean).toBe(popMean);
  expect(popMean.data[0]).toBe(1);
});

test("a tensor replaced by an equal one has not changed, one of another length has", () => {
  const { layer, snapshot } = example();
  layer.state.popMean = tensor(1, -0, Number.NaN);
  expect(snapshot.changed()).toEqual([]);
  layer.state.popMean = tensor(1, -0);
  expect(snapshot.changed()).toEqual(["popMean"]);
});

test("restores into a record that replaced the first one", () => {
  const { layer, snapshot } = example();
  layer.state = { popMean: tensor(0, 0, 0), steps: 9, unused: undefined };
  snapshot.restore();
  expect(layer.state.steps).toBe(3);
  expect(layer.state.popMean.data[0]).toBe(1);
});

test("does not assign to an entry that only has a getter", () => {
  const popMean = tensor(1);
  const state = {
    get popMean() {
      return popMean;
    },
  };
  const snapshot = takeSnapshot(() => state, ["popMean"]);
  popMean.data[0] = 2;
  snapshot.restore();
  expect(popMean.data[0]).toBe(1);
});

test("sameElements tells −0 from 0 and takes NaN for NaN", () => {
  expect(sameElements([], [])).toBe(true);
  expect(sameElements([Number.NaN, -0], [Number.NaN, -0])).toBe(true);
  expect(sameElements([0], [-0])).toBe(false);
  expect(sameElements([1], [1, 2])).toBe(false);
});
