import { lossCurves, titleOf } from "../report/curve-names.js";
import type { Insight } from "../run/experiment.js";
import type { Run } from "../run/train-run.js";
import { PERCENTILES, UNIT } from "../run/training-watch.js";
import type { ChartData, Series, SeriesColor } from "./chart-data.js";

type Runs = readonly [withoutBatchNorm: Run, withBatchNorm: Run];
type Insights = readonly [withoutBatchNorm: Insight, withBatchNorm: Insight];

const WITHOUT: SeriesColor = 2;
const WITH: SeriesColor = 1;
const RUN_COLORS = [WITHOUT, WITH] as const;
const STROKES = ["solid", "dashed", "dotted"] as const;
const colorOf = (i: number): SeriesColor => ((i % 6) + 1) as SeriesColor;

const NUMBERS = { scale: "linear", switchable: false, format: "number" } as const;
const LOGARITHMIC = { scale: "log", switchable: true, format: "number" } as const;

/** The colour says which network it is, the dashes which loss. */
export function lossChart(runs: readonly Run[], shadesGap: boolean): ChartData {
  const series = runs.flatMap((run, r) =>
    lossCurves.map(
      ({ key, label }, i): Series => ({
        label: `${titleOf(run)}, ${label}`,
        color: RUN_COLORS[r],
        stroke: STROKES[i],
        points: run.curves[key],
      }),
    ),
  );
  const gap = [lossCurves.length + 1, lossCurves.length] as const;
  return { id: "losses", title: "Loss", ...LOGARITHMIC, series, ...(shadesGap && { bands: [gap] }) };
}

export function accuracyChart(runs: readonly Run[]): ChartData {
  const series = runs.flatMap((run, r): Series[] => {
    const common = { color: RUN_COLORS[r] };
    const oneAtATime = run.curves.testAccuracyOneAtATime ?? [];
    return [
      { ...common, label: titleOf(run), stroke: "solid", points: run.curves.testAccuracy },
      { ...common, label: `${titleOf(run)}, one at a time`, stroke: "dotted", points: oneAtATime },
    ];
  });
  return { ...NUMBERS, id: "accuracy", title: "Accuracy on test digits", format: "percent", series };
}

/** For each batch norm that was watched: a chart of the means and one of the variances. */
export function runningPairCharts({ watched, data }: Insight, lastStep: number): ChartData[][] {
  const layers = [...new Set(watched.runningPairs.map(({ layer }) => layer))];
  return layers.map((layer) => {
    const pairs = watched.runningPairs.filter((pair) => pair.layer === layer);
    const chart = (what: "mean" | "variance"): ChartData => {
      const [pop, batch] =
        what === "mean" ? (["popMean", "batchMean"] as const) : (["popVar", "batchVar"] as const);
      const series = pairs.flatMap((pair, i): Series[] => {
        const color = colorOf(i);
        const own = data[pair.batchNorm]?.[what][pair.feature];
        const label = `feature ${pair.feature}`;
        return [
          { label, color, stroke: "solid", points: pair[pop] },
          { label: `${label}, batch`, color, stroke: "marks", companion: true, points: pair[batch] },
          {
            label: `${label}, all data`,
            color,
            stroke: "target",
            companion: true,
            points: own === undefined ? [] : [[lastStep, own]],
          },
        ];
      });
      return { ...NUMBERS, id: `running-${what}-${layer}`, title: `Running ${what}, layer ${layer}`, series };
    };
    return [chart("mean"), chart("variance")];
  });
}

/** The distance of all features together from the batch at hand, at each evaluation. */
export function pairDistanceChart({ curves }: Run): ChartData {
  const line = (key: string, label: string, color: SeriesColor, stroke: Series["stroke"]): Series => ({
    label,
    color,
    stroke,
    points: curves[key] ?? [],
  });
  return {
    ...NUMBERS,
    id: "running-pair-distance",
    title: "Distance from the batch at hand, mean over all features",
    series: [
      line("runningMeanDistance", "mean: distance in deviations (ideal 0)", 1, "solid"),
      line("runningVarianceRatio", "variance: ratio (ideal 1)", 2, "dashed"),
    ],
  };
}

/** For each hidden layer that was watched: one chart a network, on one scale. */
export function preActivationCharts(runs: Runs, insights: Insights): ChartData[][] {
  const [without] = insights;
  return without.watched.preActivations.map((_, i) => {
    const ofLayer = insights.map(({ watched }) => watched.preActivations[i]);
    const range = extent(ofLayer.flatMap((layer) => layer?.percentiles.flat() ?? []));
    return ofLayer.map((layer, r) => ({
      ...NUMBERS,
      id: `pre-activations-${r}-${i}`,
      title: `${titleOf(runs[r])}, hidden layer ${layer?.hidden ?? i + 1}, unit ${UNIT}`,
      ...(range && { range }),
      bands: [[2, 0]] as const,
      series: PERCENTILES.map((p, k) => ({
        label: p === 50 ? "median" : `${p}th percentile`,
        color: RUN_COLORS[r],
        stroke: (["dotted", "solid", "dashed"] as const)[k],
        points: layer?.percentiles[k] ?? [],
      })),
    }));
  });
}

/** One chart a network, on one scale. A batch norm has the colour of the dense layer before it. */
export function gradientCharts(runs: Runs, insights: Insights): ChartData[] {
  const all = insights.flatMap(({ watched }) => watched.gradientNorms.flatMap(({ points }) => points));
  const range = extent(all.filter(([, norm]) => norm > 0));
  return insights.map(({ watched }, r) => ({
    ...LOGARITHMIC,
    id: `gradients-${r}`,
    title: titleOf(runs[r]),
    ...(range && { range }),
    series: watched.gradientNorms.map(({ layer, name, points }, i, all) => ({
      label: `layer ${layer} (${name})`,
      color: colorOf(all.slice(0, i + 1).filter((other) => other.name === "Dense").length - 1),
      stroke: name === "Dense" ? "solid" : "dashed",
      points,
    })),
  }));
}

/** The least and the greatest finite value; undefined where there are not two. */
export function extent(points: readonly (readonly [number, number | null])[]): [number, number] | undefined {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const [, value] of points) {
    if (value === null || !Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least < most ? [least, most] : undefined;
}
