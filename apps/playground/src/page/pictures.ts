import { color, formatted } from "laboratory/page";
import type { NetworkName, Picture, UnitWeights } from "../messages.js";
import { contextOf, element, find } from "./dom.js";
import { titles } from "./losses.js";

const SIDE = 28;
const suffix: Readonly<Record<NetworkName, string>> = { plain: "plain", batchNorm: "batch-norm" };
const names = ["plain", "batchNorm"] as const;

/** Histograms of pre-activations, and first-layer weights as images. */
export class Pictures {
  readonly #layer = find<HTMLSelectElement>("#layer");
  readonly #kind = find<HTMLSelectElement>("#weights-kind");
  #picture: Picture | undefined;

  constructor() {
    this.#layer.addEventListener("change", () => this.redraw());
    this.#kind.addEventListener("change", () => this.redraw());
    new ResizeObserver(() => this.redraw()).observe(find("#histograms-plain"));
    this.clear([0]);
  }

  /** Before the first step of a network with these hidden widths. */
  clear(hidden: readonly number[]): void {
    this.#picture = undefined;
    const chosen = Math.min(Number(this.#layer.value || 0), hidden.length - 1);
    const options = hidden.map((width, i) =>
      element("option", { value: String(i) }, `${i + 1} (${width} wide)`),
    );
    this.#layer.replaceChildren(...options);
    this.#layer.value = String(chosen);
    for (const name of names) {
      for (const what of ["histograms", "weights"]) {
        const canvas = find<HTMLCanvasElement>(`#${what}-${suffix[name]}`);
        canvas.setAttribute("aria-label", "Nothing yet: the training has not begun.");
        canvas.height = 1;
      }
    }
  }

  show(picture: Picture): void {
    this.#picture = picture;
    this.redraw();
  }

  /** Again, in the colours and the width that hold now. */
  redraw(): void {
    const picture = this.#picture;
    if (!picture) return;
    const { range, features } = picture.layers[Number(this.#layer.value)];
    for (const name of names) {
      const counts = features[name];
      if (counts) this.#histograms(name, counts, range);
      const weights = picture.weights[name];
      if (weights)
        drawWeights(
          find(`#weights-${suffix[name]}`),
          weights[this.#kind.value as keyof UnitWeights],
          titles[name],
        );
    }
  }

  #histograms(name: NetworkName, features: readonly Uint16Array[], range: number): void {
    const canvas = find<HTMLCanvasElement>(`#histograms-${suffix[name]}`);
    const columns = 4;
    const rows = Math.ceil(features.length / columns);
    const [cell, height] = [canvas.clientWidth / columns, 64];
    const context = sized(canvas, rows * height);
    const ink = color("series-3");
    features.forEach((counts, i) => {
      const [left, bottom] = [(i % columns) * cell + 4, Math.floor(i / columns) * height + height - 8];
      const width = cell - 8;
      const most = Math.max(...counts);
      context.fillStyle = ink;
      counts.forEach((count, bin) => {
        const tall = (count / most) * (height - 16);
        context.fillRect(
          left + (bin * width) / counts.length,
          bottom - tall,
          width / counts.length - 0.5,
          tall,
        );
      });
      context.fillStyle = color("muted");
      context.fillRect(left, bottom, width, 1);
      context.fillRect(left + width / 2, bottom - height + 16, 1, height - 13);
    });
    const shares = features.map((counts) => shareAbove(counts));
    canvas.setAttribute(
      "aria-label",
      `Pre-activations ${titles[name]}, from ${formatted(-range, "number")} to ${formatted(range, "number")}: of ${features.length} features, the shares above 0 are ${shares.map((share) => formatted(share, "percent")).join(", ")}.`,
    );
  }
}

/** Of the values in the upper half of the bins, the middle one counting half. */
function shareAbove(counts: Uint16Array): number {
  const middle = (counts.length - 1) / 2;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return (
    counts.reduce((sum, count, bin) => sum + count * (bin > middle ? 1 : bin === middle ? 0.5 : 0), 0) / total
  );
}

/** The canvas at its shown width and this height, in pixels of the screen. */
function sized(canvas: HTMLCanvasElement, height: number): CanvasRenderingContext2D {
  const scale = devicePixelRatio;
  canvas.width = Math.round(canvas.clientWidth * scale);
  canvas.height = Math.round(height * scale);
  canvas.style.height = `${height}px`;
  const context = contextOf(canvas);
  context.scale(scale, scale);
  return context;
}

const BLUE = [0, 114, 178] as const;
const ORANGE = [213, 94, 0] as const;

/** Blue above 0, orange below, as strong as the weight's share of the largest. */
function drawWeights(canvas: HTMLCanvasElement, units: readonly Float32Array[], title: string): void {
  const columns = 8;
  const gap = 2;
  const rows = Math.ceil(units.length / columns);
  canvas.width = columns * (SIDE + gap) - gap;
  canvas.height = rows * (SIDE + gap) - gap;
  const context = contextOf(canvas);
  units.forEach((weights, unit) => {
    const most = weights.reduce((largest, weight) => Math.max(largest, Math.abs(weight)), 0) || 1;
    const image = context.createImageData(SIDE, SIDE);
    weights.forEach((weight, i) => {
      image.data.set([...(weight > 0 ? BLUE : ORANGE), (255 * Math.abs(weight)) / most], 4 * i);
    });
    context.putImageData(image, (unit % columns) * (SIDE + gap), Math.floor(unit / columns) * (SIDE + gap));
  });
  canvas.setAttribute(
    "aria-label",
    `Weights of the first ${units.length} units ${title}, each as an image of 28 by 28.`,
  );
}
