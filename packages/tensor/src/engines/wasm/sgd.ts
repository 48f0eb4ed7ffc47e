import type { FloatData } from "../../dtype.js";
import { scalar } from "../scalar.js";
import { type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

export function sgdKernels(exports: Exports, memory: LinearMemory) {
  function sgd(value: FloatData, grad: FloatData, learningRate: number): void {
    const kernel = exports[`sgd${precision(value)}`];
    const done = sweep(
      memory,
      { writes: [value], reads: [value, grad], rows: value.length, columns: 1 },
      ([next, atValue, atGrad], length) => kernel(next, atValue, atGrad, learningRate, length),
    );
    if (!done) scalar.sgd(value, grad, learningRate);
  }

  function sgdMomentum(
    value: FloatData,
    grad: FloatData,
    velocity: FloatData,
    learningRate: number,
    momentum: number,
  ): void {
    const kernel = exports[`sgdMomentum${precision(value)}`];
    const done = sweep(
      memory,
      { writes: [value, velocity], reads: [value, grad, velocity], rows: value.length, columns: 1 },
      ([next, nextVelocity, atValue, atGrad, atVelocity], length) =>
        kernel(next, nextVelocity, atValue, atGrad, atVelocity, learningRate, momentum, length),
    );
    if (!done) scalar.sgdMomentum(value, grad, velocity, learningRate, momentum);
  }

  return { sgd, sgdMomentum };
}
