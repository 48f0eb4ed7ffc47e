import type { FloatDType } from "@handgrad/tensor";
import type { AnyLayer, State } from "./layer.js";

export interface LayerSummary {
  readonly index: number;
  /** The layer's `name`, else that of its class, else `"layer"`. */
  readonly name: string;
  /** Columns of its output; null where no layer up to here says. */
  readonly width: number | null;
  /** Trained numbers. */
  readonly parameters: number;
  /** Numbers that are saved but not trained. */
  readonly state: number;
  /** Products with weights for one row; null where the layer does not say. */
  readonly multiplyAdds: number | null;
}

const nodeInspect = Symbol.for("nodejs.util.inspect.custom");

/** What {@link summary} finds. As a string, and on Node's console, it is a table. */
export class ModelSummary {
  readonly parameters: number;
  readonly state: number;
  /** Of the layers that say. */
  readonly multiplyAdds: number;

  constructor(
    readonly dtype: FloatDType | null,
    readonly inWidth: number | null,
    readonly layers: readonly LayerSummary[],
  ) {
    this.parameters = total(layers.map((layer) => layer.parameters));
    this.state = total(layers.map((layer) => layer.state));
    this.multiplyAdds = total(layers.map((layer) => layer.multiplyAdds ?? 0));
  }

  /** A line for each layer: its name, widths, parameters, state and multiply-adds; the sums below. */
  toString(): string {
    const first = ["", `input${this.dtype ? ` ${this.dtype}` : ""}`, rows(this.inWidth), "", "", ""];
    const body = this.layers.map(({ index, name, width, parameters, state, multiplyAdds }) => [
      String(index),
      name,
      rows(width),
      grouped(parameters),
      grouped(state),
      grouped(multiplyAdds ?? 0),
    ]);
    const last = [
      "",
      "total",
      "",
      ...[this.parameters, this.state, this.multiplyAdds].map((count) => String(grouped(count) || 0)),
    ];
    const header = ["", "layer", "output", "parameters", "state", "multiply-adds/row"];
    return table([header, first, ...body, last]);
  }

  /** The table, for Node's console. */
  [nodeInspect](): string {
    return this.toString();
  }
}

/**
 * The layers of a model with the width of their outputs, their trained numbers, their state, and the products with
 * weights that a row takes. `console.log(summary(model))` prints a table; `String(summary(model))` is the same.
 */
export function summary(model: { readonly layers: readonly AnyLayer[] }): ModelSummary {
  let width: number | null = model.layers.find((layer) => layer.inWidth !== undefined)?.inWidth ?? null;
  const inWidth = width;
  const dtype = model.layers.find((layer) => layer.dtype !== undefined)?.dtype ?? null;
  const layers = model.layers.map((layer, index) => {
    width = layer.outWidth ?? width;
    return {
      index,
      name: nameOf(layer),
      width,
      parameters: total(Object.values(layer.params ?? {}).map(({ value }) => value.data.length)),
      state: total(Object.values((layer.state ?? {}) as State).map(sizeOfState)),
      multiplyAdds: layer.multiplyAdds ?? null,
    };
  });
  return new ModelSummary(dtype, inWidth, layers);
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

const sizeOfState = (held: State[string]): number => (typeof held === "number" ? 1 : held.data.length);

function nameOf(layer: AnyLayer): string {
  const { name } = layer.constructor;
  return layer.name ?? (name === "" || name === "Object" ? "layer" : name);
}

const rows = (width: number | null): string => `[N, ${width ?? "?"}]`;

/** 200704 as 200,704, and nothing for 0. */
const grouped = (count: number): string =>
  count === 0 ? "" : String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** Columns of equal width: text to the left, numbers (from the fourth column on) to the right. */
function table(lines: readonly (readonly string[])[]): string {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 1 || column === 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
