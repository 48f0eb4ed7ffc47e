import type { Network } from "laboratory";

/** First-layer units whose weights are shown. */
const UNITS = 24;

/** The first columns of the first layer's weights [784, units]. */
export function unitsOf({ model }: Network): Float32Array[] {
  const { data, shape } = model.parameters()["0.weight"].value;
  const [pixels, units] = shape;
  return Array.from({ length: Math.min(UNITS, units) }, (_, unit) =>
    new Float32Array(pixels).map((_, pixel) => data[pixel * units + unit]),
  );
}
