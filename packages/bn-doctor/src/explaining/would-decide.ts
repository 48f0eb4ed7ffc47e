import type { Mode } from "../implementation.js";
import { type AffineGradientModel, gradientFaults, gradientModels } from "../models/gradient-model.js";
import { type ParsedRecord, QUANTITIES, type Quantity } from "../record.js";
import { spread, uniform } from "../trials.js";
import { rightDx } from "./gradient-parts.js";
import type { Hypothesis } from "./hypothesis.js";
import { misfitOf, type Prediction } from "./misfit.js";
import { passesOf, predictAffine, predictDx, predictY } from "./predict.js";

/** Something that a record could hold besides, and whether it tells two hypotheses apart. */
interface Further {
  readonly name: string;
  readonly parts: (a: Hypothesis, b: Hypothesis) => boolean;
}

/**
 * What a person should record to tell hypotheses apart that all fit: the first further number that is different for
 * each of them, or else for most. Each is tried by what the hypotheses say of it. null: none is known.
 */
export function wouldDecide(record: ParsedRecord, hypotheses: readonly Hypothesis[]): string | null {
  const pairs = hypotheses.flatMap((a, i) => hypotheses.slice(i + 1).map((b) => [a, b] as const));
  let best: { name: string; count: number } = { name: "", count: 0 };
  for (const { name, parts } of furtherNumbers(record)) {
    const count = pairs.filter(([a, b]) => parts(a, b)).length;
    if (count > best.count) best = { name, count };
  }
  return best.count === 0 ? null : best.name;
}

function furtherNumbers(record: ParsedRecord): Further[] {
  const { rows, features, gamma, beta, precision, outputs } = record;
  const random = uniform(23);
  const draw = (length: number) => Float64Array.from({ length }, () => spread(random));
  const dy = record.dy ?? draw(record.x.length);
  const here: ParsedRecord = { ...record, dy };
  const further: Further[] = [];
  if (record.mode === undefined) further.push({ name: "mode", parts: (a, b) => a.mode !== b.mode });
  if (record.epsilon === undefined) {
    further.push({ name: "epsilon", parts: (a, b) => Math.abs(a.epsilon - b.epsilon) > 1e-3 * a.epsilon });
  }
  const quantities = QUANTITIES.slice(0, 4);
  const compare = (quantity: Quantity, other: ParsedRecord) => (a: Hypothesis, b: Hypothesis) =>
    differ(predict(quantity, a, other), predict(quantity, b, other), other);
  for (const quantity of quantities) {
    if (outputs[quantity] === undefined) further.push({ name: quantity, parts: compare(quantity, here) });
  }
  const offer = (of: string, other: ParsedRecord) => {
    const known = quantities.filter((quantity) => outputs[quantity] !== undefined);
    for (const quantity of known) {
      further.push({ name: `${quantity} ${of}`, parts: compare(quantity, other) });
    }
  };
  if (precision === "float32") offer("in float64", { ...here, precision: "float64" });
  const many = { ...here, rows: 5, x: draw(5 * features), dy: draw(5 * features) };
  if (rows <= 2) offer("of a batch with more than two rows", many);
  const affine = {
    gamma: draw(features).map((value) => 2 + value),
    beta: draw(features).map((value) => 3 + value),
  };
  if (gamma.every((value) => Math.abs(value) === 1 || value === 0)) {
    offer("with gamma other than 1", { ...here, gamma: affine.gamma });
  }
  if (beta.every((value) => value === 0)) offer("with beta other than 0", { ...here, beta: affine.beta });
  if (record.pair !== undefined) {
    const pair = {
      mean: draw(features).map((value) => 5 + value),
      variance: draw(features).map((value) => 7 + value),
    };
    offer("with another running pair", { ...here, pair });
  }
  offer("of a batch whose variance is about epsilon", {
    ...many,
    precision: "float64",
    x: many.x.map((value) => 1e-3 * value),
    ...(record.pair === undefined
      ? {}
      : { pair: { mean: record.pair.mean.map(() => 0), variance: record.pair.mean.map(() => 1e-6) } }),
  });
  offer("of a batch of five rows, in float64 and with gamma and beta other than 1 and 0", {
    ...many,
    ...affine,
    precision: "float64",
  });
  return further;
}

/** What a hypothesis says of a quantity. What its record did not hold is taken to be right, for its forward formula. */
function predict(quantity: Quantity, hypothesis: Hypothesis, record: ParsedRecord): Prediction | undefined {
  const { dy } = record;
  const passes = passesOf(record, hypothesis.epsilon);
  const { forward, mode, parts } = hypothesis;
  if (quantity === "y") return predictY(forward, passes);
  if (dy === undefined) return undefined;
  const part = parts.find((part) => part.quantity === quantity);
  if (quantity === "dx") return predictDx(part?.dx ?? consistentDx(mode, hypothesis), passes, dy);
  const right: AffineGradientModel = {
    factor: quantity === "dbeta" ? "1" : forward.normalisation,
    averaged: false,
  };
  return predictAffine(part?.affine ?? right, passes, dy);
}

/** The gradient without a fault of its own for what the forward pass does. */
function consistentDx(mode: Mode, { forward }: Hypothesis) {
  const own = forward.normalisation;
  const model = gradientModels(mode, own).find(
    (model) => gradientFaults(model, mode, own, forward.gamma)?.length === 0 && model.r === own,
  );
  return model ?? rightDx(mode);
}

function differ(a: Prediction | undefined, b: Prediction | undefined, { precision }: ParsedRecord): boolean {
  if (a === undefined || b === undefined) return false;
  return misfitOf(a.values, b, precision).used > 2 && misfitOf(b.values, a, precision).used > 2;
}
