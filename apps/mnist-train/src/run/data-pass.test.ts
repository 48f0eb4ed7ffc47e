import { candidateOf, dataPass } from "laboratory";
import { expect, it } from "vitest";
import { fewDigits, smallJob } from "./test-digits.js";
import { trainRun } from "./train-run.js";

it("measures what reaches each batch norm, and leaves the network and its replays as they were", async () => {
  const digits = fewDigits(300, 50);
  const { network } = await trainRun(candidateOf(smallJob), digits, { ...smallJob, epochs: 1 }, () => {});
  const before = network.model.stateDict();
  const inputs = dataPass(network, digits.train, smallJob);
  expect(network.model.stateDict()).toEqual(before);
  expect(network.batchNorms.map(({ layer }) => layer.replay.batches)).toEqual([5, 5]);

  expect(inputs.map(({ batch }) => [batch.rows, batch.x.length])).toEqual([
    [64, 64 * 32],
    [64, 64 * 16],
  ]);
  // The first batch norm's input is linear in the digits: its mean is that of any one pass over them.
  const [dense] = network.model.layers;
  const x = dense.forward(digits.train.inputs, "eval");
  for (let column = 0; column < 32; column++) {
    let mean = 0;
    for (let row = 0; row < 300; row++) mean += x.data[row * 32 + column] / 300;
    expect(inputs[0].data.mean[column]).toBeCloseTo(mean, 5);
  }
});
