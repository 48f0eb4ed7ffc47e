/** Colours of the theme, told apart by people with any colour vision; dashes tell them apart without. */
export type SeriesColor = 1 | 2 | 3 | 4 | 5 | 6;

export interface Series {
  /** In the legend and the table. */
  readonly label: string;
  readonly color: SeriesColor;
  /** A line, marks alone, or the edge of a band, which is not drawn itself. */
  readonly stroke: "solid" | "dashed" | "dotted" | "marks" | "target" | "edge";
  /** Drawn wider, so that it is seen on both sides of one that lies upon it. */
  readonly wide?: boolean;
  /** Belongs to the series before it, and shares its entry in the legend. */
  readonly companion?: true;
  /** A number that is not finite reaches the page as null, and is left out. */
  readonly points: readonly (readonly [step: number, value: number | null])[];
}

/** One chart of the report, with steps along x. */
export interface ChartData {
  readonly id: string;
  /** What is drawn, in a few words. */
  readonly title: string;
  readonly scale: "linear" | "log";
  /** Whether the other scale makes sense, too. */
  readonly switchable: boolean;
  readonly format: "number" | "percent";
  /** Of y, where charts beside each other are to share it. */
  readonly range?: readonly [least: number, most: number];
  /** Pairs of series with the area between them filled. */
  readonly bands?: readonly (readonly [upper: number, lower: number])[];
  readonly series: readonly Series[];
}

/** Of the element that holds the charts, as JSON. */
export const CHARTS_ID = "charts";
