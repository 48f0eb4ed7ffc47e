import { type Colors, compared, wrap } from "terminal";
import type { Check } from "../check.js";
import type { Diagnosis, FaultEvidence, FaultFinding } from "../diagnosis.js";
import { format, formatApart } from "../format.js";
import { field } from "./field.js";

const INDENT = "    ";

/** A diagnosis for people: what is wrong, what shows it, how to repair it; and what could not be judged. */
export function diagnosisText(
  { healthy, faults, unexplained, checks, convention }: Diagnosis,
  strict: boolean,
  width: number,
  colors: Colors,
): string {
  const present = faults.filter(({ status }) => status === "present");
  const counting = present.filter(({ grade }) => strict || grade !== "fragile");
  const fragile = present.filter((fault) => !counting.includes(fault));
  // Where a fragile fault alone makes a check fail, the check says why this is not healthy.
  const failed = checks.filter(({ passed }) => passed === false);
  const nameless = counting.length === 0 && unexplained.length === 0 ? failed : unexplained;
  const open = checks.filter(({ passed }) => passed === "inconclusive");

  const headline = healthy
    ? fragile.length === 0
      ? "Healthy."
      : `Healthy, but fragile in ${count(fragile.length, "way")}.`
    : [
        counting.length > 0 && `${count(counting.length, "fault")} found.`,
        nameless.length > 0 && `${count(nameless.length, "check")} failed.`,
      ]
        .filter(Boolean)
        .join(" ");
  const fault = (finding: FaultFinding) => faultText(finding, width, colors);
  const check = (one: Check) => checkText(one, width, colors);
  return `${[
    colors.bold((healthy ? colors.green : colors.red)(headline)),
    ...counting.map(fault),
    ...section("Failed checks that no known fault explains:", nameless.map(check)),
    ...section("Fragile, as some libraries are; counts with --strict:", fragile.map(fault)),
    ...section("Checks that could not tell:", open.map(check)),
    [
      field("Convention", convention.meaning, width, "", colors),
      field("Checked", checkedText(checks, faults), width, "", colors),
    ].join("\n"),
    ...notJudgedText(faults, width, colors),
  ].join("\n\n")}\n`;
}

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

const section = (title: string, parts: readonly string[]): string[] =>
  parts.length === 0 ? [] : [title, ...parts];

function faultText(
  { id, grade, meaning, evidence, repair }: FaultFinding,
  width: number,
  colors: Colors,
): string {
  const mark = grade === "fragile" ? colors.yellow("!") : colors.red("✗");
  const line = (label: string, text: string) => field(label, text, width, INDENT, colors);
  return [
    `${mark} ${colors.bold(id)}  ${colors.dim(grade)}`,
    wrap(meaning, width, INDENT),
    ...(evidence === undefined ? [] : evidenceLines(evidence).map(([label, text]) => line(label, text))),
    ...(repair === undefined ? [] : [line("Repair", repair)]),
  ].join("\n");
}

function evidenceLines({ input, what, expected, seen }: FaultEvidence): [label: string, text: string][] {
  const [right, found] =
    typeof expected === "number" && typeof seen === "number"
      ? formatApart(expected, seen)
      : [expected, seen].map((value) => (typeof value === "number" ? format(value) : value));
  return [
    ["Where", `${what}, ${input}`],
    ["Expected", right],
    ["Seen", found],
  ];
}

function checkText({ id, passed, value, bound, meaning }: Check, width: number, colors: Colors): string {
  const mark = passed === false ? colors.red("✗") : colors.yellow("?");
  const figures = value === null || bound === null ? "" : `  ${compared(value, bound)}`;
  return `${mark} ${colors.bold(id)}${figures}\n${wrap(meaning, width, INDENT)}`;
}

function checkedText(checks: readonly Check[], faults: readonly FaultFinding[]): string {
  const passed = checks.filter((check) => check.passed === true).length;
  const absent = faults.filter(({ status }) => status === "absent").length;
  return `${passed} of ${checks.length} checks passed; ${absent} of ${faults.length} known faults are ruled out.`;
}

/** Faults by the reason for which they could not be judged. */
function notJudgedText(faults: readonly FaultFinding[], width: number, colors: Colors): string[] {
  const reasons = new Map<string, string[]>();
  for (const { id, status, meaning } of faults) {
    if (status !== "not judged") continue;
    const reason = meaning.replace(/^Not judged: /, "").replace(/\.$/, "");
    reasons.set(reason, [...(reasons.get(reason) ?? []), id]);
  }
  if (reasons.size === 0) return [];
  const lines = [...reasons].map(
    ([reason, ids]) => `  ${wrap(`${reason}: ${ids.join(", ")}`, width, INDENT).trimStart()}`,
  );
  return [colors.dim(["Not judged", ...lines].join("\n"))];
}
