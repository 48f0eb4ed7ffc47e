import { checkGradients } from "@handgrad/gradcheck";
import { clone, fromData, normal, Random, type Rows, tensor, zeros } from "@handgrad/tensor";
import { describe, expect, it } from "vitest";
import { BatchNorm } from "./batch-norm.js";
import { Dense } from "./dense.js";
import { Dropout } from "./dropout.js";
import { Flatten } from "./flatten.js";
import { GELU } from "./gelu.js";
import type { AnyLayer } from "./layer.js";
import { LayerNorm } from "./layer-norm.js";
import { LeakyReLU } from "./leaky-relu.js";
import { LogSoftmax } from "./log-softmax.js";
import { ReLU } from "./relu.js";
import { Sequential } from "./sequential.js";
import { Sigmoid } from "./sigmoid.js";
import { Softmax } from "./softmax.js";
import { Tanh } from "./tanh.js";

const model = (seed = 1) => {
  const rng = new Random(seed);
  return new Sequential(new Dense(3, 4, { rng }), new BatchNorm(4), new ReLU(), new Dense(4, 2, { rng }));
};

describe("Sequential", () => {
  it("proves the gradients through every layer of a deep network, dropout's mask included", () => {
    const rng = new Random(2);
    const dtype = "float64";
    const layers = [
      new Flatten(),
      new Dense(3, 5, { rng, dtype }),
      new LayerNorm(5, { dtype }),
      new GELU(),
      new Dropout(0.3, { rng }),
      new Dense(5, 4, { rng, dtype }),
      new LeakyReLU(),
      new Sigmoid(),
      new Dense(4, 4, { rng, dtype }),
      new Tanh(),
      new Softmax(),
      new Dense(4, 2, { rng, dtype }),
      new LogSoftmax(),
    ] as const;
    const network = new Sequential(...layers);
    const check = checkGradients(
      {
        params: network.parameters() as never,
        state: layers[4].state,
        forward: (x: Rows<3, "float64">, mode: "train" | "eval") => network.forward(x, mode),
        backward: (dy: Rows<2, "float64">) => network.backward(dy, { inputGradient: true }),
      } as never,
      { input: normal([4, 3], rng, { dtype }) },
    );
    expect(check.pass, JSON.stringify(check.worst)).toBe(true);
  });

  it("proves the gradients of a whole network", () => {
    const rng = new Random(1);
    const dtype = "float64";
    const network = new Sequential(
      new Dense(3, 4, { rng, dtype }),
      new BatchNorm(4, { dtype }),
      new ReLU(),
      new Dense(4, 2, { rng, dtype }),
    );
    const check = checkGradients(
      {
        params: network.parameters() as never,
        forward: (x: Rows<3, "float64">, mode: "train" | "eval") => network.forward(x, mode),
        backward: (dy: Rows<2, "float64">) => network.backward(dy, { inputGradient: true }),
      } as never,
      { input: normal([6, 3], rng, { dtype }), modes: ["eval", "train"] } as never,
    );
    expect(check.pass, JSON.stringify(check.worst)).toBe(true);
  });

  it("gives the same parameter gradients whether dx is asked for or not", () => {
    const [a, b] = [model(), model()];
    const x = normal([5, 3], new Random(2));
    const dy = normal([5, 2], new Random(3));
    a.forward(x, "train");
    b.forward(x, "train");
    expect(a.backward(dy)).toBeUndefined();
    expect(b.backward(dy, { inputGradient: true }).shape).toEqual([5, 3]);
    for (const [path, { grad }] of Object.entries(a.parameters())) {
      expect(grad.data).toEqual(b.parameters()[path].grad.data);
      expect(grad.data.some((g) => g !== 0) || path === "0.bias").toBe(true);
    }
  });

  it("stops going back at the first layer that has parameters", () => {
    let calls = 0;
    class Probe extends ReLU {
      override backward(dy: never): never {
        calls++;
        return dy;
      }
    }
    const network = new Sequential(new Probe(), new Dense(2, 2));
    network.forward(zeros([1, 2]), "train");
    network.backward(zeros([1, 2]));
    expect(calls).toBe(0);
    network.backward(zeros([1, 2]), { inputGradient: true });
    expect(calls).toBe(1);
  });

  it("is called Sequential where it is printed", () => {
    expect(model().constructor.name).toBe("Sequential");
    expect(model()).toBeInstanceOf(Sequential);
  });

  it("lists parameters by path, and no running pair among them", () => {
    expect(Object.keys(model().parameters())).toEqual([
      "0.weight",
      "0.bias",
      "1.gamma",
      "1.beta",
      "3.weight",
      "3.bias",
    ]);
  });

  it("never changes what it returned", () => {
    const network = model();
    const first = network.forward(normal([4, 3], new Random(1)), "train");
    const held = clone(first);
    network.backward(normal([4, 2], new Random(2)));
    network.forward(normal([4, 3], new Random(3)), "train");
    network.forward(normal([4, 3], new Random(4)), "eval");
    expect(first).toEqual(held);
  });
});

describe("stateDict and loadStateDict", () => {
  it("carry a trained network over, bit for bit, running pair and all", () => {
    const source = model(1);
    for (let k = 0; k < 3; k++) source.forward(normal([5, 3], new Random(k)), "train");
    const target = model(2);
    const x = normal([4, 3], new Random(9));
    expect(target.forward(x, "eval")).not.toEqual(source.forward(x, "eval"));
    target.loadStateDict(source.stateDict());
    expect(target.forward(x, "eval")).toEqual(source.forward(x, "eval"));
    expect(target.stateDict()).toEqual(source.stateDict());
    expect(Object.keys(source.stateDict())).toEqual([
      "0.weight",
      "0.bias",
      "1.gamma",
      "1.beta",
      "3.weight",
      "3.bias",
      "1.pop_mean",
      "1.pop_var",
      "1.batches",
    ]);
    expect(source.stateDict()["1.batches"].data[0]).toBe(3);
  });

  it("keeps every number that a layer of one's own holds as state", () => {
    const own = () => ({
      ...{ inWidth: 1 as const, outWidth: 1 as const, dtype: "float32" as const },
      state: { rate: 0.5, big: 2 ** 40 },
      forward: (x: Rows<1>) => x,
      backward: (dy: Rows<1>) => dy,
    });
    const [source, target] = [own(), own()];
    target.state.rate = 0;
    target.state.big = 0;
    new Sequential(target).loadStateDict(new Sequential(source).stateDict());
    expect(target.state).toEqual({ rate: 0.5, big: 2 ** 40 });
  });

  it("gives copies, so that a kept one stays as it was", () => {
    const network = model();
    const kept = network.stateDict();
    network.forward(normal([5, 3], new Random(1)), "train");
    expect(kept["1.pop_mean"].data.every((value) => value === 0)).toBe(true);
  });

  it("refuses missing, extra, wrongly shaped and wrongly typed entries by name, and writes nothing then", () => {
    const network = model();
    const { "1.beta": _, ...saved } = network.stateDict();
    const before = network.stateDict();
    expect(() =>
      network.loadStateDict({
        ...saved,
        "0.weight": zeros([4, 3]),
        "0.bias": zeros([4], "float64"),
        "2.gamma": zeros([4]),
      }),
    ).toThrow(
      'loadStateDict: "2.gamma" is extra; "0.weight" must be [3, 4], got [4, 3]; "0.bias" must be float32, got float64; "1.beta" is missing',
    );
    expect(network.stateDict()).toEqual(before);
    expect(() => network.loadStateDict({ ...before, __proto__: null } as never)).not.toThrow();
    const { "0.weight": weight, ...others } = before;
    for (const none of [JSON.parse(JSON.stringify(weight)), [1, 2], 3]) {
      expect(() => network.loadStateDict({ ...others, "0.weight": none })).toThrow(
        'loadStateDict: "0.weight" must be a tensor, its data a typed array',
      );
    }
  });
});

describe("errors", () => {
  it("name neighbours that do not fit, for widths that only the run knows", () => {
    const width: number = 128;
    expect(() => new Sequential(new Dense(784, 256), new BatchNorm(width))).toThrow(
      "Sequential: layer 1 takes 128 features, but receives 256",
    );
    const layers: AnyLayer[] = [new Dense(2, 3, { dtype: "float64" }), new ReLU(), new Dense(3, 1)];
    expect(() => new Sequential(...layers)).toThrow(
      "Sequential: layer 2 computes in float32, but receives float64",
    );
    const shared = new ReLU();
    expect(() => new Sequential(new Dense(2, 2), shared, new Dense(2, 2), shared)).toThrow(
      "Sequential: layer 3 is the same object as layer 1; each place needs a layer of its own",
    );
    expect(() => new Sequential(model() as never, new Dense(2, 1))).toThrow(
      "Sequential: layer 0 is a Sequential; spread its layers instead: ...model.layers",
    );
    expect(() => new Sequential()).toThrow("Sequential: needs at least one layer");
    for (const none of [ReLU, [new ReLU()], undefined]) {
      expect(() => new Sequential(none as never)).toThrow(
        new TypeError("Sequential: layer 0 must have forward and backward"),
      );
    }
  });

  it("reach the user from inside a pass", () => {
    const network = model();
    expect(() => network.forward(fromData(new Float32Array(4), [1, 4]) as never, "eval")).toThrow(
      "Dense.forward: x must be [N, 3], got [1, 4] (axis 1 is 4, not 3)",
    );
    expect(() => model().backward(tensor([[1, 2]]))).toThrow(
      "Dense.backward: there is no forward pass to go back through",
    );
  });
});
