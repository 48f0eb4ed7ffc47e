import type { FloatData } from "../../dtype.js";
import { scalar } from "../scalar.js";
import { type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

export function optimizerKernels(exports: Exports, memory: LinearMemory) {
  function sgd(value: FloatData, grad: FloatData, learningRate: number, weightDecay: number): void {
    const kernel = exports[`sgd${precision(value)}`];
    const done = sweep(
      memory,
      { writes: [value], reads: [value, grad], rows: value.length, columns: 1 },
      ([next, atValue, atGrad], length) => kernel(next, atValue, atGrad, length, learningRate, weightDecay),
    );
    if (!done) scalar.sgd(value, grad, learningRate, weightDecay);
  }

  function sgdMomentum(
    value: FloatData,
    grad: FloatData,
    velocity: FloatData,
    learningRate: number,
    weightDecay: number,
    momentum: number,
    nesterov: boolean,
  ): void {
    const kernel = exports[`sgdMomentum${precision(value)}`];
    const done = sweep(
      memory,
      { writes: [value, velocity], reads: [value, grad, velocity], rows: value.length, columns: 1 },
      ([next, nextVelocity, atValue, atGrad, atVelocity], length) =>
        kernel(
          next,
          nextVelocity,
          atValue,
          atGrad,
          atVelocity,
          length,
          learningRate,
          weightDecay,
          momentum,
          nesterov,
        ),
    );
    if (!done) scalar.sgdMomentum(value, grad, velocity, learningRate, weightDecay, momentum, nesterov);
  }

  function adam(
    value: FloatData,
    grad: FloatData,
    m: FloatData,
    v: FloatData,
    learningRate: number,
    weightDecay: number,
    decoupled: boolean,
    beta1: number,
    beta2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
  ): void {
    const kernel = exports[`adam${precision(value)}`];
    const keep = decoupled ? 1 - learningRate * weightDecay : 1;
    const l2 = decoupled ? 0 : weightDecay;
    const rate = learningRate / correction1;
    const root = Math.sqrt(correction2);
    const done = sweep(
      memory,
      { writes: [value, m, v], reads: [value, grad, m, v], rows: value.length, columns: 1 },
      ([next, nextM, nextV, atValue, atGrad, atM, atV], length) =>
        kernel(
          next,
          nextM,
          nextV,
          atValue,
          atGrad,
          atM,
          atV,
          length,
          keep,
          rate,
          l2,
          beta1,
          beta2,
          root,
          epsilon,
        ),
    );
    if (!done) {
      scalar.adam(
        value,
        grad,
        m,
        v,
        learningRate,
        weightDecay,
        decoupled,
        beta1,
        beta2,
        correction1,
        correction2,
        epsilon,
      );
    }
  }

  return { sgd, sgdMomentum, adam };
}
