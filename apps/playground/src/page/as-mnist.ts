/** Width and height of MNIST's images. */
export const SIDE = 28;
/** MNIST's digits are fitted into a box of this size. */
const BOX = 20;

/** Grey values from 0 to 1, row by row. */
export interface Drawing {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/**
 * A drawing as MNIST's digits were prepared: fitted into a box of 20 × 20 with its proportions kept, each pixel the mean
 * of what it covers, and moved so that its centre of mass is the middle of 28 × 28. Undefined where nothing is drawn.
 */
export function asMnist(drawing: Drawing): Float32Array | undefined {
  const frame = frameOf(drawing);
  if (!frame) return undefined;
  const { left, top, width, height } = frame;
  const scale = Math.max(width, height) / BOX;
  const small = new Float32Array(SIDE * SIDE);
  const box = {
    width: Math.max(1, Math.round(width / scale)),
    height: Math.max(1, Math.round(height / scale)),
  };
  let sum = 0;
  let [sumX, sumY] = [0, 0];
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) {
      const value = mean(drawing, left + x * scale, top + y * scale, scale);
      small[y * SIDE + x] = value;
      sum += value;
      sumX += value * x;
      sumY += value * y;
    }
  }
  const middle = (SIDE - 1) / 2;
  const shift = (moment: number, length: number) =>
    Math.max(0, Math.min(SIDE - length, Math.round(middle - moment / sum)));
  const [right, down] = [shift(sumX, box.width), shift(sumY, box.height)];
  const result = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < box.height; y++) {
    for (let x = 0; x < box.width; x++) result[(y + down) * SIDE + x + right] = small[y * SIDE + x];
  }
  return result;
}

/** The smallest rectangle that holds all ink. */
function frameOf({ values, width, height }: Drawing) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Over a square of `size`, what lies beyond the drawing counting as blank. */
function mean({ values, width, height }: Drawing, left: number, top: number, size: number): number {
  const [right, bottom] = [Math.max(left + 1, left + size), Math.max(top + 1, top + size)];
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(top); y < Math.ceil(bottom); y++) {
    for (let x = Math.floor(left); x < Math.ceil(right); x++) {
      if (x < width && y < height) sum += values[y * width + x];
      count++;
    }
  }
  return sum / count;
}
