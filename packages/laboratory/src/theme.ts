/** Colours of one theme. Series follow Okabe & Ito, darkened on white and lightened on black until each has a contrast of 3. */
export interface Theme {
  readonly page: string;
  readonly card: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly good: string;
  readonly bad: string;
  readonly warn: string;
  readonly link: string;
  readonly series: readonly [string, string, string, string, string, string];
}

export const light: Theme = {
  page: "#f5f6f8",
  card: "#ffffff",
  text: "#1b1f24",
  muted: "#57606a",
  line: "#d5dae0",
  good: "#1a7f37",
  bad: "#c0261c",
  warn: "#8a5a00",
  link: "#0062a3",
  series: ["#0072b2", "#c85200", "#00805c", "#a8508a", "#7d6600", "#555b63"],
};

export const dark: Theme = {
  page: "#101317",
  card: "#1a1e24",
  text: "#e8ebef",
  muted: "#a3adb8",
  line: "#39414b",
  good: "#4cc26b",
  bad: "#ff8078",
  warn: "#e3b341",
  link: "#6cbcf5",
  series: ["#56b4e9", "#e69f00", "#2fc79b", "#e08fc0", "#f0e442", "#b8bec6"],
};

/** As custom properties: `--text`, …, `--series-1`, … */
export const properties = ({ series, ...named }: Theme): string =>
  [...Object.entries(named), ...series.map((color, i) => [`series-${i + 1}`, color])]
    .map(([name, color]) => `--${name}: ${color};`)
    .join(" ");
