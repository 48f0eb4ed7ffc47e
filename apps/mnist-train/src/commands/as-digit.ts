import { fromData, type Matrix, type Rows } from "@handgrad/tensor";

const SIDE = 28;
/** Into which MNIST's digits were fitted. */
const BOX = 20;
/** Of the greatest brightness: what is less is paper. */
const INK = 0.2;

/**
 * A picture of one digit as MNIST has it, light on dark, [1, 784]; undefined where all pixels are alike.
 *
 * A picture whose border is rather light is inverted. Brightness is stretched to [0, 1]. A picture of 28 × 28 pixels is taken
 * as it stands; of another, the part that holds ink is scaled by areas until its longer side is 20 pixels, and put so
 * that its centre of mass is in the middle of 28 × 28. Source: LeCun, Cortes & Burges, the MNIST database.
 */
export function asDigit(image: Matrix): Rows<number> | undefined {
  const [height, width] = image.shape;
  const light = stretched(borderMean(image) > 0.5 ? image.data.map((value) => 1 - value) : image.data);
  if (light === undefined) return undefined;
  if (height === SIDE && width === SIDE) return fromData(light, [1, SIDE * SIDE]);
  const box = inkBox(light, height, width);
  return fromData(centred(scaled(light, width, box)), [1, SIDE * SIDE]);
}

function borderMean({ data, shape: [height, width] }: Matrix): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (y > 0 && y < height - 1 && x > 0 && x < width - 1) continue;
      sum += data[y * width + x];
      count++;
    }
  }
  return sum / count;
}

function stretched(data: Float32Array): Float32Array | undefined {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most > least ? data.map((value) => (value - least) / (most - least)) : undefined;
}

interface Box {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** The smallest box around all that is brighter than paper. */
function inkBox(data: Float32Array, height: number, width: number): Box {
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x] < INK) continue;
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
  }
  return { top, left, height: bottom - top + 1, width: right - left + 1 };
}

interface Picture {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Each new pixel is the mean of the area that it covers. */
function scaled(data: Float32Array, stride: number, box: Box): Picture {
  const factor = Math.max(box.height, box.width) / BOX;
  const height = Math.max(1, Math.round(box.height / factor));
  const width = Math.max(1, Math.round(box.width / factor));
  const out = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const rows = shares(y, box.height / height);
    for (let x = 0; x < width; x++) {
      const columns = shares(x, box.width / width);
      let [sum, area] = [0, 0];
      for (const [row, rowShare] of rows) {
        for (const [column, columnShare] of columns) {
          sum += rowShare * columnShare * data[(box.top + row) * stride + box.left + column];
          area += rowShare * columnShare;
        }
      }
      out[y * width + x] = sum / area;
    }
  }
  return { data: out, height, width };
}

/** The old pixels under new pixel `index` along one axis, each with the share of it that is covered. */
function shares(index: number, factor: number): [pixel: number, share: number][] {
  const [start, end] = [index * factor, (index + 1) * factor];
  const found: [number, number][] = [];
  for (let pixel = Math.floor(start); pixel < end - 1e-9; pixel++) {
    found.push([pixel, Math.min(end, pixel + 1) - Math.max(start, pixel)]);
  }
  return found;
}

/** On a dark ground of 28 × 28, moved by whole pixels, and never over its edge. */
function centred({ data, height, width }: Picture): Float32Array {
  let [mass, massY, massX] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    mass += data[i];
    massY += data[i] * (Math.floor(i / width) + 0.5);
    massX += data[i] * ((i % width) + 0.5);
  }
  const place = (centre: number, size: number) =>
    Math.min(Math.max(Math.round(SIDE / 2 - centre / mass), 0), SIDE - size);
  const [top, left] = [place(massY, height), place(massX, width)];
  const out = new Float32Array(SIDE * SIDE);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[(top + y) * SIDE + left + x] = data[y * width + x];
  }
  return out;
}
