import { asMnist, SIDE } from "./as-mnist.js";
import { contextOf, element, find } from "./dom.js";

const SIZE = 280;
const PIXEL = SIZE / SIDE;
/** Of the pen, about two of MNIST's pixels. */
const STROKE = 22;

type Point = { x: number; y: number };

/** The canvas to draw a digit on, by mouse, finger or keys; always white ink on black, as MNIST's digits are. */
export class Paper {
  readonly #canvas = find<HTMLCanvasElement>("#paper");
  readonly #context = contextOf(this.#canvas);
  /** What is drawn, without the pen's mark. */
  readonly #ink = new OffscreenCanvas(SIZE, SIZE);
  readonly #onDraw: (pixels: Float32Array) => void;
  readonly #onClear: () => void;
  #pen: Point = { x: SIZE / 2, y: SIZE / 4 };
  #isDown = false;
  /** A test digit that lies there instead of a drawing. */
  #isSample = false;

  constructor(
    onDraw: (pixels: Float32Array) => void,
    onClear: () => void,
    onSample: (digit: number) => void,
  ) {
    this.#onDraw = onDraw;
    this.#onClear = onClear;
    this.#canvas.addEventListener("pointerdown", (event) => this.#press(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#move(event));
    this.#canvas.addEventListener("keydown", (event) => this.#onKey(event));
    this.#canvas.addEventListener("focus", () => this.#paint());
    this.#canvas.addEventListener("blur", () => this.#paint());
    find("#clear").addEventListener("click", () => this.clear());
    const samples = find(".samples");
    for (let digit = 0; digit < 10; digit++) {
      const button = element(
        "button",
        { type: "button", "aria-label": `Take a handwritten ${digit}` },
        String(digit),
      );
      button.addEventListener("click", () => onSample(digit));
      samples.append(button);
    }
    this.clear();
  }

  clear(): void {
    this.#isSample = false;
    this.#isDown = false;
    const ink = this.#inkContext;
    ink.fillStyle = "black";
    ink.fillRect(0, 0, SIZE, SIZE);
    this.#paint();
    this.#onClear();
  }

  /** Puts an image of 28 × 28 there. */
  put(pixels: Float32Array): void {
    this.clear();
    this.#isSample = true;
    const ink = this.#inkContext;
    pixels.forEach((value, i) => {
      ink.fillStyle = `rgb(${255 * value} ${255 * value} ${255 * value})`;
      ink.fillRect((i % SIDE) * PIXEL, Math.floor(i / SIDE) * PIXEL, PIXEL, PIXEL);
    });
    this.#paint();
    this.#onDraw(pixels);
  }

  get #inkContext(): OffscreenCanvasRenderingContext2D {
    const context = this.#ink.getContext("2d", { willReadFrequently: true });
    if (!context) throw new Error("this browser has no canvas to draw on");
    return context;
  }

  #line(from: Point, to: Point): void {
    if (this.#isSample) this.clear();
    const ink = this.#inkContext;
    ink.strokeStyle = "white";
    ink.lineWidth = STROKE;
    ink.lineCap = "round";
    ink.beginPath();
    ink.moveTo(from.x, from.y);
    ink.lineTo(to.x + 0.01, to.y);
    ink.stroke();
    this.#paint();
    this.#tell();
  }

  #tell(): void {
    const { data } = this.#inkContext.getImageData(0, 0, SIZE, SIZE);
    const values = new Float32Array(SIZE * SIZE).map((_, i) => data[4 * i] / 255);
    const pixels = asMnist({ values, width: SIZE, height: SIZE });
    if (pixels) this.#onDraw(pixels);
  }

  #at({ offsetX, offsetY }: PointerEvent): Point {
    const scale = SIZE / this.#canvas.clientWidth;
    return { x: offsetX * scale, y: offsetY * scale };
  }

  #press(event: PointerEvent): void {
    this.#canvas.setPointerCapture(event.pointerId);
    const point = this.#at(event);
    this.#line(point, point);
    this.#pen = point;
  }

  #move(event: PointerEvent): void {
    if (!(event.buttons & 1)) return;
    const point = this.#at(event);
    this.#line(this.#pen, point);
    this.#pen = point;
  }

  #onKey(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    };
    if (event.key in moves) {
      const [x, y] = moves[event.key];
      const inside = (at: number) => Math.max(0, Math.min(SIZE, at));
      const to = { x: inside(this.#pen.x + x * PIXEL), y: inside(this.#pen.y + y * PIXEL) };
      if (this.#isDown) this.#line(this.#pen, to);
      this.#pen = to;
      this.#paint();
    } else if (event.key === " ") {
      this.#isDown = !this.#isDown;
      if (this.#isDown) this.#line(this.#pen, this.#pen);
      find("#pen").textContent = this.#isDown ? "Pen down" : "Pen up";
    } else if (event.key === "Delete" || event.key === "Backspace") this.clear();
    else return;
    event.preventDefault();
  }

  #paint(): void {
    this.#context.drawImage(this.#ink, 0, 0);
    if (document.activeElement !== this.#canvas || !this.#canvas.matches(":focus-visible")) return;
    const { x, y } = this.#pen;
    this.#context.strokeStyle = this.#isDown ? "#e69f00" : "#56b4e9";
    this.#context.lineWidth = 3;
    this.#context.beginPath();
    this.#context.arc(x, y, STROKE / 2, 0, 2 * Math.PI);
    this.#context.stroke();
  }
}
