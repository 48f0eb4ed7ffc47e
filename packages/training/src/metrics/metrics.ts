import {
  argmax,
  type FloatDType,
  fromData,
  type Matrix,
  type Rows,
  requireShape,
  type Vector,
} from "@handgrad/tensor";
import { requireLabels } from "../batches/examples.js";
import { requireCount } from "../require.js";

/** One class index a row. */
export type ClassLabels = readonly number[] | Int32Array | Uint8Array | Vector<number, "int32" | "uint8">;

/** The labels of `logits`' rows, checked. */
function labelsOf(what: string, logits: Rows<number, FloatDType>, labels: ClassLabels): ArrayLike<number> {
  requireShape(`${what}: logits`, logits.shape, [{ atLeast: 1 }, null]);
  const [rows, classes] = logits.shape;
  const indices: ArrayLike<number> = "data" in labels ? labels.data : labels;
  requireShape(`${what}: labels`, "data" in labels ? labels.shape : [indices.length], [rows]);
  requireLabels(what, indices, classes);
  return indices;
}

/** How many of a row's values are greater than that of `label`, or equal and before it; NaN is the greatest. */
function rankOf(row: ArrayLike<number>, label: number): number {
  const own = row[label];
  let rank = 0;
  for (let j = 0; j < row.length; j++) {
    const isAbove = Number.isNaN(row[j]) ? !Number.isNaN(own) : row[j] > own;
    const isEqual = row[j] === own || (Number.isNaN(row[j]) && Number.isNaN(own));
    if (isAbove || (isEqual && j < label)) rank++;
  }
  return rank;
}

/**
 * Share of the rows of logits [N ≥ 1, C] whose label is among the `k` greatest, in [0, 1]. Of equal logits the first
 * counts as greater, as for `argmax`: with k = 1 this is the accuracy.
 * @throws ShapeError where labels and logits disagree, RangeError for a label outside 0 to C − 1 or a k outside 1 to C.
 */
export function topKAccuracy(logits: Rows<number, FloatDType>, labels: ClassLabels, k: number): number {
  return shareInTop("topKAccuracy", logits, labels, k);
}

/** Share of the rows of logits [N ≥ 1, C] whose greatest is the label's, in [0, 1]. Throws as {@link topKAccuracy}. */
export function accuracy(logits: Rows<number, FloatDType>, labels: ClassLabels): number {
  return shareInTop("accuracy", logits, labels, 1);
}

function shareInTop(what: string, logits: Rows<number, FloatDType>, labels: ClassLabels, k: number): number {
  const indices = labelsOf(what, logits, labels);
  const [rows, classes] = logits.shape;
  if (!Number.isInteger(k) || k < 1 || k > classes) {
    throw new RangeError(`${what}: k must be an integer from 1 to ${classes}, got ${k}`);
  }
  let hits = 0;
  for (let i = 0; i < rows; i++) {
    if (rankOf(logits.data.subarray(i * classes, (i + 1) * classes), indices[i]) < k) hits++;
  }
  return hits / rows;
}

/** How well one class is told from the others; or the plain mean of that over all classes. */
export interface ClassScores {
  /** Of the rows predicted as the class, the share that is of it; 0 where none is predicted. */
  readonly precision: number;
  /** Of the rows of the class, the share predicted as it; 0 where there is none. */
  readonly recall: number;
  /** 2·precision·recall/(precision + recall), or 0. */
  readonly f1: number;
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** Counts of rows by label and prediction, and what follows from them. Prints as a table. */
export class ConfusionMatrix {
  /** counts[label, prediction]. */
  readonly counts: Matrix<number, number, "int32">;
  readonly classes: number;

  /** An empty one, to `add` to. @throws RangeError unless classes is a positive integer. */
  constructor(classes: number) {
    requireCount("ConfusionMatrix: classes", classes);
    this.classes = classes;
    this.counts = fromData(new Int32Array(classes * classes), [classes, classes]);
  }

  /**
   * Counts the rows of logits [N ≥ 1, C].
   * @throws ShapeError where labels, logits and classes disagree, RangeError for a label outside 0 to C − 1.
   */
  add(logits: Rows<number, FloatDType>, labels: ClassLabels): this {
    requireShape("ConfusionMatrix.add: logits", logits.shape, [{ atLeast: 1 }, this.classes]);
    const indices = labelsOf("ConfusionMatrix.add", logits, labels);
    const predicted = argmax(logits, 1).data;
    for (let i = 0; i < indices.length; i++) this.counts.data[indices[i] * this.classes + predicted[i]]++;
    return this;
  }

  /** All rows that were counted. */
  get rows(): number {
    return this.counts.data.reduce((total, count) => total + count, 0);
  }

  /** Share of the rows on the diagonal. */
  get accuracy(): number {
    return ratio(
      this.#indices.reduce((total, c) => total + this.#count(c, c), 0),
      this.rows,
    );
  }

  /** Of each class. */
  get scores(): readonly ClassScores[] {
    return this.#indices.map((c) => {
      const labelled = this.#indices.reduce((total, other) => total + this.#count(c, other), 0);
      const predicted = this.#indices.reduce((total, other) => total + this.#count(other, c), 0);
      const hits = this.#count(c, c);
      return {
        precision: ratio(hits, predicted),
        recall: ratio(hits, labelled),
        f1: ratio(2 * hits, predicted + labelled),
      };
    });
  }

  /** The plain mean of the scores of all classes, whatever their sizes. */
  get macro(): ClassScores {
    const { scores } = this;
    const mean = (key: keyof ClassScores) =>
      ratio(
        scores.reduce((total, score) => total + score[key], 0),
        scores.length,
      );
    return { precision: mean("precision"), recall: mean("recall"), f1: mean("f1") };
  }

  get #indices(): number[] {
    return [...Array(this.classes).keys()];
  }

  #count(label: number, prediction: number): number {
    return this.counts.data[label * this.classes + prediction];
  }

  /** A row a label, a column a prediction, precision below and recall beside them. */
  toString(): string {
    const { scores, macro } = this;
    const table = [
      ["label", ...this.#indices.map(String), "recall"],
      ...this.#indices.map((c) => [
        String(c),
        ...this.#indices.map((other) => String(this.#count(c, other))),
        percent(scores[c].recall),
      ]),
      ["precision", ...scores.map(({ precision }) => percent(precision)), percent(this.accuracy)],
    ];
    const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
    const lines = table.map((row) => row.map((cell, column) => cell.padStart(widths[column])).join("  "));
    const means = `macro precision ${percent(macro.precision)}, recall ${percent(macro.recall)}, F1 ${percent(macro.f1)}`;
    return `${this.rows} rows by label (down) and prediction (across), accuracy ${percent(this.accuracy)}\n${lines.join("\n")}\n${means}`;
  }

  /** What Node's console prints. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The confusion matrix of logits [N ≥ 1, C] and their labels; see {@link ConfusionMatrix}. */
export const confusionMatrix = (logits: Rows<number, FloatDType>, labels: ClassLabels): ConfusionMatrix =>
  new ConfusionMatrix(logits.shape[1]).add(logits, labels);
