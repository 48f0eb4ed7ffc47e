import { engine, matmul, normal, Random, useEngine } from "@handgrad/tensor";
import { relaxedSimd } from "@handgrad/tensor/relaxed";

// For programs without the types of a browser or of Node.
declare const console: { log(...values: unknown[]): void };

const rng = new Random(1);
const a = normal([5, 30], rng);
const b = normal([30, 9], rng);
const expected = matmul(a, b).data;
useEngine(relaxedSimd);
const product = matmul(a, b).data;
// Sums of 30 products of about 1 in float32: some 1e-6 of rounding.
const agrees = product.every((value, i) => Math.abs(value - expected[i]) < 1e-5);
console.log(JSON.stringify({ engine: engine(), agrees }));
