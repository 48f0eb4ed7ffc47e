import type { Kernels } from "../kernels.js";
import { scalar } from "../scalar.js";
import { type Exports, precision } from "./exports.js";
import type { LinearMemory } from "./linear-memory.js";
import { sweep } from "./sweep.js";

export function optimizerKernels(exports: Exports, memory: LinearMemory) {
  const sgd: Kernels["sgd"] = (value, grad, learningRate, weightDecay) => {
    const kernel = exports[`sgd${precision(value)}`];
    const done = sweep(
      memory,
      { writes: [value], reads: [value, grad], rows: value.length, columns: 1, shared: "rows" },
      ([next, atValue, atGrad], length) => kernel(next, atValue, atGrad, length, learningRate, weightDecay),
    );
    if (!done) scalar.sgd(value, grad, learningRate, weightDecay);
  };

  const sgdMomentum: Kernels["sgdMomentum"] = (
    value,
    grad,
    velocity,
    learningRate,
    weightDecay,
    momentum,
    nesterov,
  ) => {
    const kernel = exports[`sgdMomentum${precision(value)}`];
    const done = sweep(
      memory,
      {
        writes: [value, velocity],
        reads: [value, grad, velocity],
        rows: value.length,
        columns: 1,
        shared: "rows",
      },
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
  };

  const adam: Kernels["adam"] = (
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
  ) => {
    const kernel = exports[`adam${precision(value)}`];
    const keep = decoupled ? 1 - learningRate * weightDecay : 1;
    const l2 = decoupled ? 0 : weightDecay;
    const rate = learningRate / correction1;
    const root = Math.sqrt(correction2);
    const done = sweep(
      memory,
      { writes: [value, m, v], reads: [value, grad, m, v], rows: value.length, columns: 1, shared: "rows" },
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
  };

  const rmsprop: Kernels["rmsprop"] = (
    value,
    grad,
    squares,
    means,
    velocity,
    learningRate,
    weightDecay,
    decay,
    momentum,
    epsilon,
  ) => {
    const kernel = exports[`rmsprop${precision(value)}`];
    // What isn't kept has no address: the kernel passes it over.
    const kept = [means, velocity].filter((data) => data !== undefined);
    const done = sweep(
      memory,
      {
        writes: [value, squares, ...kept],
        reads: [value, grad, squares, ...kept],
        rows: value.length,
        columns: 1,
        shared: "rows",
      },
      (addresses, length) => {
        const [next, nextSquares] = addresses;
        const [atValue, atGrad, atSquares] = addresses.slice(2 + kept.length);
        const nextMeans = means ? addresses[2] : 0;
        const nextVelocity = velocity ? addresses[1 + kept.length] : 0;
        const atMeans = means ? addresses[5 + kept.length] : 0;
        const atVelocity = velocity ? addresses[4 + 2 * kept.length] : 0;
        kernel(
          next,
          nextSquares,
          nextMeans,
          nextVelocity,
          atValue,
          atGrad,
          atSquares,
          atMeans,
          atVelocity,
          length,
          learningRate,
          weightDecay,
          decay,
          momentum,
          epsilon,
          means !== undefined,
          velocity !== undefined,
        );
      },
    );
    if (!done) {
      scalar.rmsprop(
        value,
        grad,
        squares,
        means,
        velocity,
        learningRate,
        weightDecay,
        decay,
        momentum,
        epsilon,
      );
    }
  };

  const adagrad: Kernels["adagrad"] = (value, grad, sum, learningRate, weightDecay, epsilon) => {
    const kernel = exports[`adagrad${precision(value)}`];
    const done = sweep(
      memory,
      { writes: [value, sum], reads: [value, grad, sum], rows: value.length, columns: 1, shared: "rows" },
      ([next, nextSum, atValue, atGrad, atSum], length) =>
        kernel(next, nextSum, atValue, atGrad, atSum, length, learningRate, weightDecay, epsilon),
    );
    if (!done) scalar.adagrad(value, grad, sum, learningRate, weightDecay, epsilon);
  };

  return { sgd, sgdMomentum, rmsprop, adagrad, adam };
}
