import type { BatchNormImplementation } from "@handgrad/bn-doctor";
import { BatchNorm, Dense, ReLU, Sequential } from "@handgrad/layers";
import { normal, Random } from "@handgrad/tensor";
import { SGD } from "@handgrad/training";
import { createCorrectBatchNorm, faults, type PlainBatchNorm } from "bn-faults";
import { describe, expect, it } from "vitest";
import "testing";
import { BadInput } from "terminal/bad-input";
import { AdaptedBatchNorm } from "./adapted-batch-norm.js";
import { plainImplementation } from "./planted-batch-norm.js";

const options = { decay: 0.8, epsilon: 1e-3, varianceCorrection: "unbiased" } as const;
const plainOptions = { ...options, features: 4, precision: "float32" } as const;
const plain = () => createCorrectBatchNorm(plainOptions);
const adapted = (inner: PlainBatchNorm = plain()) =>
  new AdaptedBatchNorm(plainImplementation(inner), 4, "mine.js");
/** The same behind the doctor's interface, with some of it replaced. */
const altered = (changes: object): BatchNormImplementation => ({
  ...plainImplementation(plain()),
  ...changes,
});

describe("a correct implementation as a layer", () => {
  it("computes what BatchNorm computes", () => {
    const layers = [adapted(), new BatchNorm(4, options)];
    const rng = new Random(1);
    const [x, dy, later] = [normal([6, 4], rng), normal([6, 4], rng), normal([3, 4], rng)];
    const [own, expected] = layers.map((layer) => ({
      y: layer.forward(x, "train"),
      dx: layer.backward(dy),
      evalY: layer.forward(later, "eval"),
      popMean: layer.state.popMean,
      popVar: layer.state.popVar,
    }));
    for (const name of Object.keys(expected) as (keyof typeof expected)[]) {
      expect(own[name].shape).toEqual(expected[name].shape);
      expect(own[name]).toBeAllClose(expected[name]);
    }
    expect(layers[0].state.batches).toBe(1);
  });

  it("shows all of it in a state dict, which writes all of it back", () => {
    const model = new Sequential(new Dense(4, 4), adapted());
    const fresh = model.stateDict();
    expect(Object.keys(fresh).slice(2)).toEqual([
      "1.gamma",
      "1.beta",
      "1.pop_mean",
      "1.pop_var",
      "1.batches",
    ]);
    const x = normal([5, 4], new Random(2));
    const untrained = model.forward(x, "eval");
    model.forward(x, "train");
    expect(model.forward(x, "eval")).not.toEqual(untrained);
    expect(model.stateDict()["1.batches"].data[0]).toBe(1);
    model.loadStateDict(fresh);
    expect(model.forward(x, "eval")).toEqual(untrained);
    expect(model.stateDict()).toEqual(fresh);
  });

  it.each(["with zeroGrad", "without zeroGrad"])(
    "is trained by an optimiser, %s: gradients add up until it clears them, its steps reach γ and β",
    (kind) => {
      const inner = plain();
      const { zeroGrad, ...rest } = plainImplementation(inner);
      // Without a zeroGrad of its own an implementation gives the gradients of one pass.
      const single: BatchNormImplementation = {
        ...rest,
        backward: (dy, rows) => {
          zeroGrad?.();
          return rest.backward?.(dy, rows) ?? { dx: [] };
        },
      };
      const own = new AdaptedBatchNorm(
        kind === "with zeroGrad" ? plainImplementation(inner) : single,
        4,
        "mine.js",
      );
      const networks = [own, new BatchNorm(4, options)].map(
        (layer) => new Sequential(new Dense(4, 4, { rng: new Random(3) }), layer, new ReLU()),
      );
      const rng = new Random(4);
      for (let step = 0; step < 3; step++) {
        const [x, dy] = [normal([6, 4], rng), normal([6, 4], rng)];
        const dxs = networks.map((network) => {
          const optimizer = new SGD(network.parameters(), { learningRate: 0.1 });
          optimizer.zeroGrad();
          network.forward(x, "train");
          network.backward(dy);
          const dx = network.backward(dy, { inputGradient: true });
          optimizer.step();
          return dx;
        });
        expect(dxs[0]).toBeAllClose(dxs[1]);
      }
      const [mine, expected] = networks.map((network) => network.stateDict());
      for (const [path, value] of Object.entries(expected)) expect(mine[path], path).toBeAllClose(value);
      expect(own.implementation.read().gamma).toEqual(mine["1.gamma"].data);
      expect(inner.gamma).not.toEqual(new Float32Array(4).fill(1));
    },
  );

  it("keeps the digits of float64, and trains in a float32 network", () => {
    const inner = createCorrectBatchNorm({ ...plainOptions, precision: "float64" });
    const layer = new AdaptedBatchNorm({ ...plainImplementation(inner), precision: "float64" }, 4, "mine.js");
    expect(layer.forward(normal([5, 4], new Random(2)), "train").dtype).toBe("float32");
    expect(layer.state.popMean.data).toEqual(inner.popMean);
    expect(layer.implementation.read().popMean).toBe(inner.popMean);
    expect(Float64Array.from(inner.popMean, Math.fround)).not.toEqual(inner.popMean);
  });

  it("cannot reach into the network: its input is a copy, and so is its output", () => {
    const shared = new Float32Array(20);
    const layer = new AdaptedBatchNorm(
      altered({
        forward: (x: Float32Array) => {
          x.fill(7);
          return shared;
        },
      }),
      4,
      "mine.js",
    );
    const x = normal([5, 4], new Random(2));
    const before = x.data.slice();
    const y = layer.forward(x, "eval");
    shared.fill(3);
    expect(x.data).toEqual(before);
    expect(y.data).toEqual(new Float32Array(20));
  });
});

describe("what an optimiser gets", () => {
  it("is nothing where `parameters` leaves γ and β out, which then stay as they are", () => {
    const inner = faults["affine-never-trained"].create(plainOptions);
    const layer = adapted(inner);
    const model = new Sequential(new Dense(4, 4), layer);
    expect(Object.keys(model.parameters())).toEqual(["0.weight", "0.bias"]);
    const x = normal([5, 4], new Random(2));
    const optimizer = new SGD(model.parameters(), { learningRate: 1 });
    model.forward(x, "train");
    model.backward(x);
    optimizer.step();
    expect(layer.implementation.read().gamma).toEqual(new Float32Array(4).fill(1));
  });

  it("is γ alone where β is left out, and the look leaves the numbers as they were", () => {
    const inner = plain();
    const one = { ...plainImplementation(inner), parameters: () => [inner.gamma] };
    expect(Object.keys(new AdaptedBatchNorm(one, 4, "mine.js").params)).toEqual(["gamma"]);
    expect(inner.gamma).toEqual(new Float32Array(4).fill(1));
  });
});

describe("an implementation that training cannot use is refused, with the file and the call", () => {
  const boom = () => {
    throw new Error("boom\nand more");
  };
  const { popMean: _, ...pairless } = plainImplementation(plain()).read();
  it.each([
    [{ features: 5 }, "features must be 4 as asked for, got 5"],
    [{ precision: "float16" }, 'precision must be "float32" or "float64", got float16'],
    [{ backward: undefined }, "training needs backward, which must be a function, got undefined"],
    [{ write: 1 }, "training needs write, which must be a function, got 1"],
    [{ zeroGrad: true }, "zeroGrad must be a function where it is given, got true"],
    [{ load: undefined }, "save and load must be given together"],
    [{ read: () => undefined }, "training needs gamma, which read() does not give"],
    [{ read: () => pairless }, "training needs popMean, which read() does not give"],
    [{ read: () => ({ ...pairless, gamma: [1, 1] }) }, "read().gamma gave 2 numbers instead of 4"],
    [{ read: boom }, "read() threw: boom and more"],
    [{ parameters: () => 3 }, "parameters() must give an array of arrays"],
    [{ forward: boom }, 'forward(x, 5, "train") threw: boom and more'],
    [{ forward: () => [1, 2, 3] }, 'forward(x, 5, "train") gave 3 numbers instead of 20'],
    [{ forward: async () => [] }, 'forward(x, 5, "train") gave no numbers instead of 20'],
    [{ forward: () => undefined }, 'forward(x, 5, "train") gave no numbers instead of 20'],
    [{ backward: boom }, "backward(dy, 5) threw: boom and more"],
    [{ backward: () => undefined }, "backward(dy, 5).dx gave no numbers instead of 20"],
    [
      { backward: (dy: Float32Array) => ({ dx: dy, dgamma: dy }) },
      "backward(dy, 5).dgamma gave 20 numbers instead of 4",
    ],
    [
      { backward: (dy: Float32Array) => ({ dx: dy, dgamma: dy.slice(0, 4) }) },
      "backward(dy, 5).dbeta gave no numbers instead of 4",
    ],
    [{ zeroGrad: boom }, "zeroGrad() threw: boom and more"],
    [{ write: boom }, "write(values) threw: boom and more"],
  ])("%#: %j", (changes, message) => {
    const use = () => {
      const layer = new AdaptedBatchNorm(altered(changes), 4, "mine.js");
      const x = normal([5, 4], new Random(2));
      layer.forward(x, "train");
      layer.backward(x);
      layer.params.gamma?.value.data.fill(2);
      layer.forward(x, "train");
    };
    expect(use).toThrow(new BadInput(`mine.js: ${message}`));
  });

  it.each([null, undefined, 3])("%s is none", (nothing) => {
    const make = () => new AdaptedBatchNorm(nothing as unknown as BatchNormImplementation, 4, "mine.js");
    expect(make).toThrow(
      new BadInput(`mine.js: must make an object with forward, backward, read, write, got ${nothing}`),
    );
  });
});
