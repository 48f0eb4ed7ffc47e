import { Dense, type Parameter, Sequential } from "@handgrad/layers";
import { fromData, zeros } from "@handgrad/tensor";
import { normals } from "testing";
import { describe, expect, it } from "vitest";
import { Adagrad } from "./adagrad.js";
import { Adam, AdamW } from "./adam.js";
import type { Optimizer } from "./optimizer.js";
import { noDecayOnNormsAndBiases } from "./parameter-groups.js";
import { RMSprop } from "./rmsprop.js";
import { SGD } from "./sgd.js";

const makers: Readonly<Record<string, (parameters: Readonly<Record<string, Parameter>>) => Optimizer>> = {
  SGD: (p) => new SGD(p, { learningRate: 0.1, weightDecay: 0.1 }),
  "SGD with momentum": (p) => new SGD(p, { learningRate: 0.1, momentum: 0.9, nesterov: true }),
  RMSprop: (p) => new RMSprop(p, { momentum: 0.9, centered: true, epsilon: 0.01 }),
  Adagrad: (p) => new Adagrad(p, { learningRateDecay: 0.1, initialSum: 0.1 }),
  Adam: (p) => new Adam(p, { weightDecay: 0.1 }),
  AdamW: (p) => new AdamW(p),
};

const parameter = (seed: number, size: number): Parameter => ({
  value: fromData(Float32Array.from(normals(seed, size)), [size]),
  grad: zeros([size]),
});

/** `steps` steps with the gradients of `seed`. */
function run(optimizer: Optimizer, seed: number, steps: number): void {
  for (let step = 0; step < steps; step++) {
    for (const { grad } of Object.values(optimizer.parameters)) {
      grad.data.set(normals(seed + step, grad.data.length));
    }
    optimizer.step();
  }
}

describe("every optimiser", () => {
  for (const [name, make] of Object.entries(makers)) {
    it(`${name} treats every element alike, for all sizes around SIMD tails`, () => {
      for (const size of [0, 1, 2, 3, 4, 5, 17]) {
        const whole = make({ w: parameter(1, size) });
        run(whole, 10, 3);
        const { value } = parameter(1, size);
        for (let i = 0; i < size; i++) {
          const single = {
            value: fromData(value.data.slice(i, i + 1) as Float32Array, [1]),
            grad: zeros([1]),
          };
          const optimizer = make({ w: single });
          for (let step = 0; step < 3; step++) {
            single.grad.data[0] = normals(10 + step, size)[i];
            optimizer.step();
          }
          expect(whole.parameters.w.value.data[i]).toBe(single.value.data[0]);
        }
      }
    });

    it(`${name} goes on from its saved state as if it had never stopped`, () => {
      const straight = make({ a: parameter(1, 5), b: parameter(2, 3) });
      run(straight, 10, 6);

      const first = make({ a: parameter(1, 5), b: parameter(2, 3) });
      run(first, 10, 3);
      const saved = first.stateDict();
      const before = JSON.stringify(saved);
      const { a, b } = first.parameters;
      run(first, 50, 1);
      expect(JSON.stringify(saved), "a copy").toBe(before);

      const parameters = { a: parameter(1, 5), b: parameter(2, 3) };
      const prepared = make(parameters);
      run(prepared, 10, 3);
      const second = make(parameters);
      second.loadStateDict(saved);
      run(second, 13, 3);
      for (const path of ["a", "b"]) {
        expect(second.parameters[path].value.data).toEqual(straight.parameters[path].value.data);
      }
      expect(second.stateDict()).toEqual(straight.stateDict());
      expect([a, b].every(({ value }) => value.data.every(Number.isFinite))).toBe(true);
    });
  }

  it("keeps its state under paths that say what it is", () => {
    const parameters = { "0.weight": parameter(1, 2) };
    expect(Object.keys(new AdamW(parameters).stateDict())).toEqual([
      "steps",
      "learning_rate",
      "0.weight.m",
      "0.weight.v",
    ]);
    expect(Object.keys(new SGD(parameters).stateDict())).toEqual(["steps", "learning_rate"]);
    expect(
      Object.keys(new RMSprop(parameters, { centered: true, momentum: 0.5 }).stateDict()).slice(2),
    ).toEqual(["0.weight.squares", "0.weight.means", "0.weight.velocity"]);
  });

  it("restores the learning rate, and refuses what does not fit", () => {
    const optimizer = new Adagrad({ w: parameter(1, 2) });
    const { steps, learning_rate, ...rest } = optimizer.stateDict();
    optimizer.learningRate = 0.5;
    optimizer.loadStateDict({ steps, learning_rate, ...rest });
    expect(optimizer.learningRate).toBe(0.01);
    expect(() =>
      optimizer.loadStateDict({ steps, "w.sum": zeros([3]), "v.sum": zeros([2]), learning_rate: zeros([]) }),
    ).toThrow(
      'Adagrad.loadStateDict: "v.sum" is extra; "learning_rate" must be float64, got float32; "w.sum" must be [2], got [3]',
    );
    expect(() => optimizer.loadStateDict({})).toThrow(
      'Adagrad.loadStateDict: "steps" is missing; "learning_rate" is missing; "w.sum" is missing',
    );
    expect(() => optimizer.loadStateDict(JSON.parse(JSON.stringify(optimizer.stateDict())))).toThrow(
      'Adagrad.loadStateDict: "steps" must be a tensor, its data a typed array; "learning_rate" must',
    );
    for (const wrong of [-1, 0.5, Number.NaN]) {
      const saved = { ...optimizer.stateDict(), steps: fromData(Float64Array.of(wrong), []) };
      expect(() => optimizer.loadStateDict(saved)).toThrow(
        new RangeError(`Adagrad.loadStateDict: "steps" must be an integer of at least 0, got ${wrong}`),
      );
    }
  });
});

it("refuses a model in the place of its parameters", () => {
  const model = new Sequential(new Dense(1, 1));
  expect(() => new Adagrad(model as never)).toThrow(
    'Adagrad: parameter "layers" must be { value, grad }: give it model.parameters()',
  );
});

describe("parameter groups", () => {
  const names = ["0.weight", "0.bias", "1.gamma", "1.beta", "gamma", "2.gamma_weight"];
  const parameters = () => Object.fromEntries(names.map((name) => [name, parameter(1, 2)]));
  const moved = (optimizer: Optimizer) => {
    const before = parameters();
    optimizer.step();
    return names.filter((name) => optimizer.parameters[name].value.data[0] !== before[name].value.data[0]);
  };

  it("one setting keeps weight decay off gamma, beta and biases", () => {
    const groups = [noDecayOnNormsAndBiases];
    expect(moved(new AdamW(parameters()))).toEqual(names);
    for (const Optimiser of [SGD, RMSprop, Adagrad, Adam, AdamW]) {
      const optimizer = new Optimiser(parameters(), { weightDecay: 0.5, groups });
      expect(moved(optimizer)).toEqual(["0.weight", "2.gamma_weight"]);
    }
  });

  it("the first group that has the path counts, and factors multiply the learning rate of the moment", () => {
    const own = parameters();
    const optimizer = new SGD(own, {
      learningRate: 1,
      groups: [
        { paths: /^0\.weight/g, learningRateFactor: 0.5 },
        { paths: /^0\./, learningRateFactor: 0 },
      ],
    });
    optimizer.learningRate = 0.25;
    for (const { value, grad } of Object.values(own)) {
      value.data.fill(0);
      grad.data.fill(1);
    }
    for (let step = 0; step < 2; step++) optimizer.step();
    expect(names.map((name) => own[name].value.data[0])).toEqual([-0.25, 0, -0.5, -0.5, -0.5, -0.5]);
  });

  it("says what is wrong", () => {
    const paths = /w/;
    const w = { w: parameter(1, 2) };
    expect(() => new SGD({}, { groups: [{ paths, weightDecay: -1 }] })).toThrow(
      "SGD: weightDecay of group 0 must be 0 or a positive number, got -1",
    );
    expect(() => new Adam(w, { groups: [{ paths }, { paths, learningRateFactor: Number.NaN }] })).toThrow(
      "Adam: learningRateFactor of group 1 must be 0 or a positive number, got NaN",
    );
    const own = { "0.weight": parameter(1, 2), "0.bias": parameter(2, 2) };
    expect(() => new AdamW(own, { groups: [noDecayOnNormsAndBiases, { paths: /^9\./ }] })).toThrow(
      new RangeError(
        "AdamW: paths of group 1 must find a parameter, got /^9\\./, which is in none of [0.weight, 0.bias]",
      ),
    );
    expect(() => new AdamW(w, { groups: [noDecayOnNormsAndBiases] })).not.toThrow();
    // One that finds only what an earlier group has is of no effect, but no mistake.
    expect(() => new AdamW(own, { groups: [{ paths: /^0/ }, noDecayOnNormsAndBiases] })).not.toThrow();
  });
});

describe("options", () => {
  it("are named when they are out of range", () => {
    const wrong: readonly [() => unknown, string][] = [
      [() => new Adam({}, { learningRate: 0 }), "Adam: learningRate must be a positive number, got 0"],
      [() => new AdamW({}, { learningRate: -1 }), "AdamW: learningRate must be a positive number, got -1"],
      [
        () => new RMSprop({}, { learningRate: Number.NaN }),
        "RMSprop: learningRate must be a positive number, got NaN",
      ],
      [
        () => new Adagrad({}, { learningRate: Number.POSITIVE_INFINITY }),
        "Adagrad: learningRate must be a positive number, got Infinity",
      ],
      [() => new SGD({}, { weightDecay: -1 }), "SGD: weightDecay must be 0 or a positive number, got -1"],
      [() => new SGD({}, { nesterov: true }), "SGD: nesterov needs a momentum above 0, got 0"],
      [() => new RMSprop({}, { decay: 1 }), "RMSprop: decay must be in [0, 1), got 1"],
      [() => new RMSprop({}, { epsilon: 0 }), "RMSprop: epsilon must be a positive number, got 0"],
      [() => new RMSprop({}, { momentum: -0.1 }), "RMSprop: momentum must be in [0, 1), got -0.1"],
      [
        () => new Adagrad({}, { initialSum: -1 }),
        "Adagrad: initialSum must be 0 or a positive number, got -1",
      ],
      [
        () => new Adagrad({}, { learningRateDecay: -1 }),
        "Adagrad: learningRateDecay must be 0 or a positive number, got -1",
      ],
      [() => new Adagrad({}, { epsilon: 0 }), "Adagrad: epsilon must be a positive number, got 0"],
      [() => new Adam({}, { beta1: 1 }), "Adam: beta1 must be in [0, 1), got 1"],
      [() => new AdamW({}, { beta2: -1 }), "AdamW: beta2 must be in [0, 1), got -1"],
      // From JavaScript: a string that looks like a number is none, 1 + "0.5" is "10.5".
      [
        () => new Adam({}, { learningRate: "0.1" as never }),
        'Adam: learningRate must be a positive number, got "0.1"',
      ],
      [
        () => new SGD({}, { weightDecay: "" as never }),
        'SGD: weightDecay must be 0 or a positive number, got ""',
      ],
      [() => new SGD({}, { momentum: "0.5" as never }), 'SGD: momentum must be in [0, 1), got "0.5"'],
      [() => new Adam({}, { epsilon: -1 }), "Adam: epsilon must be a positive number, got -1"],
    ];
    for (const [make, message] of wrong) expect(make).toThrow(new RangeError(message));
  });

  it("a learning rate set later may be 0, as at the end of a schedule, but no nonsense", () => {
    const optimizer = new SGD({});
    optimizer.learningRate = 0;
    for (const learningRate of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => {
        optimizer.learningRate = learningRate;
      }).toThrow(new RangeError(`SGD: learningRate must be 0 or a positive number, got ${learningRate}`));
    }
    expect(optimizer.learningRate).toBe(0);
  });
});

describe("a centred RMSprop", () => {
  it("stays finite where all gradients are the same and rounding takes the variance below 0", () => {
    const w = { value: zeros([200]), grad: zeros([200]) };
    for (let i = 0; i < 200; i++) w.grad.data[i] = 1 + i / 7;
    const optimizer = new RMSprop({ w }, { decay: 0.5, centered: true });
    for (let step = 0; step < 60; step++) optimizer.step();
    expect(w.value.data.every(Number.isFinite)).toBe(true);
  });
});
