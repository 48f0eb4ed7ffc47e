import { Random } from "@handgrad/tensor";

let shared: Random | undefined;

/**
 * The generator of layers that were given none: one for all of them, so that no two start alike,
 * and always seeded the same, so that a program that builds the same layers gets the same weights.
 */
export function defaultRandom(): Random {
  shared ??= new Random(1);
  return shared;
}
