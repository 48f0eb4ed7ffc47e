import type { Colors } from "terminal";
import { wrap } from "terminal";
import { unusualSettings } from "../options/unusual-settings.js";
import { type Gallery, isAsExpected, type JudgedRow } from "../run/gallery.js";
import type { Ends } from "../run/run-ends.js";
import type { Settings } from "../run/settings.js";
import { visibilityRule } from "../run/visibility.js";
import { aligned, fixed, percent } from "./text.js";

const TEXT_WIDTH = 100;

const HEADER = ["fault", "grade", "train", "eval", "test", "acc.", "seen"];

const endCells = ({ trainLoss, evalTrainLoss, testLoss, testAccuracy }: Ends): string[] => [
  ...[trainLoss, evalTrainLoss, testLoss].map((loss) => fixed(loss, 3)),
  percent(testAccuracy),
];

const titleOfRow = ({ name }: Pick<JudgedRow, "name">): string =>
  name === "no-batch-norm" ? "without batch norm" : name === "batch-norm" ? "correct batch norm" : name;

function cells({ withoutBatchNorm, correct, faults }: Gallery): string[][] {
  return [
    [titleOfRow(withoutBatchNorm), "", ...endCells(withoutBatchNorm.ends), ""],
    [titleOfRow(correct), "", ...endCells(correct.ends), ""],
    ...faults.map((row) => [row.name, row.grade ?? "", ...endCells(row.ends), row.visible]),
  ];
}

/** Whether the doctor named it, what else it named, and which checks failed. */
function caughtBy({ named, failedChecks, name, expected }: JudgedRow): string {
  const others = named.filter((id) => id !== name).join(", ");
  const isNamed = named.some((id) => id === name);
  const words = [
    isNamed ? "named" : "not named",
    ...(others === "" ? [] : [isNamed ? `also ${others}` : `but ${others}`]),
    ...(expected === name ? [] : [`with these settings it is ${expected}`]),
  ].join(", ");
  return failedChecks.length === 0 ? words : `${words}; checks ${failedChecks.join(", ")}`;
}

/** In one sentence: how many were named, and which were not. */
export function galleryHeadline(gallery: Gallery): string {
  const { correct, faults } = gallery;
  const missed = faults.filter(({ asExpected }) => !asExpected);
  const hidden = faults.filter(({ visible }) => visible === "no").length;
  const named = `${faults.length - missed.length} of ${faults.length} faults were caught by name`;
  const but = missed.length === 0 ? "" : `, but not ${missed.map(({ name }) => name).join(", ")}`;
  const healthy = correct.asExpected ? "is healthy" : "is accused";
  return `${named}${but}; the correct batch norm ${healthy}. No curve shows ${hidden} of the faults.`;
}

/** The whole gallery as one table, two lines a fault, and the rule by which a fault counts as seen. */
export function galleryText(gallery: Gallery, columns: number, colors: Colors): string {
  const width = Math.min(columns, TEXT_WIDTH);
  const [header, withoutBatchNorm, correct, ...faults] = aligned([HEADER, ...cells(gallery)]);
  const color = isAsExpected(gallery) ? colors.green : colors.red;
  const rows = gallery.faults.map((row, i) => {
    const mark = row.asExpected ? colors.green("✓") : colors.red("✗");
    const [first, ...rest] = wrap(caughtBy(row), width, "    ").split("\n");
    const caught = [`  ${mark} ${first.trimStart()}`, ...rest].map((line) => colors.dim(line));
    return [faults[i], ...caught].join("\n");
  });
  return [
    colors.bold(color(wrap(galleryHeadline(gallery), width, ""))),
    "",
    "Losses at the end in training, in eval mode on the same digits, on test digits.",
    colors.dim("Below each fault: what the judge named, and which of its checks failed."),
    colors.bold(header),
    withoutBatchNorm,
    correct,
    ...rows,
    "",
    colors.dim(wrap(visibilityRule, width, "")),
  ].join("\n");
}

function settingsText(settings: Settings): string {
  const { epochs, batchSize, learningRate, hidden, decay, epsilon, varianceCorrection, seed } = settings;
  const unusual = unusualSettings(settings);
  return `${epochs} epochs in batches of ${batchSize}, learning rate ${learningRate}, hidden widths ${hidden.join(", ")}, decay ${decay}, ε ${epsilon}, ${varianceCorrection} running variance, seed ${seed}${unusual === "" ? "" : ` (\`${unusual}\`)`}.`;
}

/** With columns as wide as their widest cell, as a formatter would have them; `right` are those of numbers. */
function markdownTable(rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const isRight = (column: number) => right.includes(column);
  const [header, ...body] = rows.map((row) =>
    line(
      row.map((cell, column) =>
        isRight(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
      ),
    ),
  );
  const rule = line(
    widths.map((width, column) => (isRight(column) ? `${"-".repeat(width - 1)}:` : "-".repeat(width))),
  );
  return [header, rule, ...body];
}

/** The same as a Markdown page. */
export function galleryMarkdown(gallery: Gallery, settings: Settings): string {
  const header = ["fault", "grade", "train", "eval", "test", "accuracy", "seen in curves", "caught by"];
  const signs = (row: JudgedRow) => (row.signs.length === 0 ? "" : ` (${row.signs.join(", ")})`);
  const judged = [gallery.correct, ...gallery.faults];
  const rows = cells(gallery).map((row, i) => {
    if (i === 0) return [...row, ""];
    const seen = i === 1 ? "" : `${row[6]}${signs(judged[i - 1])}`;
    const caught = i === 1 ? "" : caughtBy(judged[i - 1]);
    return [...row.slice(0, 6), seen, caught];
  });
  return [
    "# Every planted fault, trained and judged",
    "",
    "`mnist-train --faults` writes this page. Each fault was planted into the same network, trained from the same weights on the same batches, and judged by a judge who was not told which it was.",
    "",
    `${settingsText(settings)} Losses at the end are in training, in eval mode on the same digits, and on test digits; the accuracy is on test digits.`,
    "",
    galleryHeadline(gallery),
    "",
    ...markdownTable([header, ...rows], [2, 3, 4, 5]),
    "",
    visibilityRule,
    "",
    "Grades: wrong is never healthy; convention is wrong against the declared decay and variance alone; fragile harms on some inputs alone, is reported, and leaves the verdict healthy.",
    "",
  ].join("\n");
}
