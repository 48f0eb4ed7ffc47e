// Draws batch-norm-graph.svg and batch-norm-graph.ru.svg, the picture in batch-norm-gradients.md, beside this file or
// into the folder that is given: node docs/batch-norm-graph.mjs [folder]
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const WIDTH = 980;
const HEIGHT = 500;
const BOX = { width: 180, height: 78 };
const INK = "#1f2430";
const BACK = "#b3431b";
const STEP = "#5c6370";

const words = {
  "batch-norm-graph.svg": {
    title: "Batch norm in training, one step at a time: values forward, gradients backward",
    steps: {
      x: "input",
      mean: "mean",
      centre: "centre",
      square: "square",
      variance: "variance",
      root: "root",
      invert: "invert",
      scale: "scale",
      affine: "affine",
    },
    given: "dy is given",
    constant: ["In testing μ and σ² are", "constants: nothing goes", "back through the boxes", "on grey."],
    forward: "forward: the value",
    backward: "backward: the gradient of the loss by that value",
  },
  "batch-norm-graph.ru.svg": {
    title: "Батч-нормализация при обучении по шагам: вперёд идут значения, назад — градиенты",
    steps: {
      x: "вход",
      mean: "среднее",
      centre: "центрирование",
      square: "квадрат",
      variance: "дисперсия",
      root: "корень",
      invert: "обратная величина",
      scale: "масштабирование",
      affine: "умножение на γ, сдвиг",
    },
    given: "dy дан",
    constant: [
      "При тестировании μ и σ² —",
      "константы: через блоки",
      "на сером фоне назад",
      "ничего не идёт.",
    ],
    forward: "вперёд: значение",
    backward: "назад: градиент функции потерь по этому значению",
  },
};

/** Centre of each box, its value, and the gradient by that value. */
const boxes = {
  x: { at: [110, 90], value: "x", gradient: "dx = dc + dμ/N" },
  mean: { at: [110, 245], value: "μ = mean(x)", gradient: "dμ = −Σ dc" },
  centre: { at: [335, 90], value: "c = x − μ", gradient: "dc = dc₁ + dc₂" },
  square: { at: [385, 245], value: "q = c²", gradient: "dq = dσ²/N" },
  variance: { at: [385, 375], value: "σ² = mean(q)", gradient: "dσ² = ds/(2·s)" },
  root: { at: [635, 375], value: "s = √(σ² + ε)", gradient: "ds = −dr·r²" },
  invert: { at: [635, 245], value: "r = 1/s", gradient: "dr = Σ dx̂·c" },
  scale: { at: [635, 90], value: "x̂ = c·r", gradient: "dx̂ = dy·γ" },
  affine: { at: [870, 90], value: "y = γ·x̂ + β", gradient: undefined },
};

const left = (name) => boxes[name].at[0] - BOX.width / 2;
const right = (name) => boxes[name].at[0] + BOX.width / 2;
const top = (name) => boxes[name].at[1] - BOX.height / 2;
const bottom = (name) => boxes[name].at[1] + BOX.height / 2;

/** How far the way there and the way back run from the middle between two boxes. */
const APART = 11;
/** Free room at an arrow's head. */
const GAP = 3;

function text(x, y, content, { size = 17, color = INK, anchor = "middle", weight = 400 } = {}) {
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${color}" text-anchor="${anchor}" font-weight="${weight}">${content}</text>`;
}

const there = (path) => `<path d="${path}" stroke="${INK}" marker-end="url(#there)"/>`;
const back = (path) => `<path d="${path}" stroke="${BACK}" stroke-dasharray="6 4" marker-end="url(#back)"/>`;

function across(from, to) {
  const y = boxes[from].at[1];
  return [
    there(`M${right(from)} ${y - APART}H${left(to) - GAP}`),
    back(`M${left(to)} ${y + APART}H${right(from) + GAP}`),
  ];
}
function down(from, to) {
  const x = boxes[to].at[0];
  return [
    there(`M${x - APART} ${bottom(from)}V${top(to) - GAP}`),
    back(`M${x + APART} ${top(to)}V${bottom(from) + GAP}`),
  ];
}
function up(from, to) {
  const x = boxes[from].at[0];
  return [
    there(`M${x - APART} ${top(from)}V${bottom(to) + GAP}`),
    back(`M${x + APART} ${bottom(to)}V${top(from) - GAP}`),
  ];
}
/** From μ to the right, and up into c. */
function meanToCentre() {
  const y = boxes.mean.at[1];
  const x = left("centre") + 24;
  return [
    there(`M${right("mean")} ${y - APART}H${x - APART}V${bottom("centre") + GAP}`),
    back(`M${x + APART} ${bottom("centre")}V${y + APART}H${right("mean") + GAP}`),
  ];
}

function box(name, { steps, given }) {
  const [x, y] = boxes[name].at;
  const { value, gradient } = boxes[name];
  return [
    `<rect x="${left(name)}" y="${top(name)}" width="${BOX.width}" height="${BOX.height}" rx="8" fill="#ffffff" stroke="${INK}" stroke-width="1.5"/>`,
    text(x, y - 21, steps[name], { size: 13, color: STEP }),
    text(x, y + 3, value, { weight: 600 }),
    text(x, y + 27, gradient ?? given, { color: BACK }),
  ];
}

function draw(language) {
  const [affineX] = boxes.affine.at;
  const scaledX = (right("centre") + left("scale")) / 2;
  const legendY = HEIGHT - 24;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="Helvetica, Arial, 'DejaVu Sans', sans-serif">`,
    `<title>${language.title}</title>`,
    "<defs>",
    ...[
      ["there", INK],
      ["back", BACK],
    ].map(
      ([id, color]) =>
        `<marker id="${id}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z" fill="${color}"/></marker>`,
    ),
    "</defs>",
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="12" fill="#ffffff" stroke="#d0d4dc"/>`,
    `<path d="M8 190H744V432H8z" fill="#eef1f6"/>`,
    `<g fill="none" stroke-width="1.8">`,
    ...across("x", "centre"),
    ...across("centre", "scale"),
    ...across("scale", "affine"),
    ...down("x", "mean"),
    ...meanToCentre(),
    ...down("centre", "square"),
    ...down("square", "variance"),
    ...across("variance", "root"),
    ...up("root", "invert"),
    ...up("invert", "scale"),
    "</g>",
    ...Object.keys(boxes).flatMap((name) => box(name, language)),
    text(scaledX, 125, "dc₁ = dx̂·r", { color: BACK }),
    text(boxes.square.at[0] + APART + 10, 168, "dc₂ = 2·c·dq", { color: BACK, anchor: "start" }),
    text(affineX, 158, "dγ = Σ dy·x̂", { color: BACK }),
    text(affineX, 184, "dβ = Σ dy", { color: BACK }),
    ...language.constant.map((line, i) =>
      text(left("mean"), 340 + 20 * i, line, { size: 15, anchor: "start" }),
    ),
    `<g fill="none" stroke-width="1.8">${there(`M24 ${legendY - 5}H70`)}${back(`M330 ${legendY - 5}H284`)}</g>`,
    text(80, legendY, language.forward, { size: 14, anchor: "start" }),
    text(340, legendY, language.backward, { size: 14, anchor: "start", color: BACK }),
    "</svg>",
  ].join("\n")}\n`;
}

const folder = process.argv[2] ?? fileURLToPath(new URL(".", import.meta.url));
for (const [file, language] of Object.entries(words)) writeFileSync(join(folder, file), draw(language));
