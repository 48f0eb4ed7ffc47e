import { type Colors, wrap } from "terminal";
import { type CatalogueEntry, catalogue, type FaultId, type Grade } from "../catalogue.js";
import { field } from "./field.js";

/** A fault for programs: the catalogue's entry with its id. */
export type Fault = CatalogueEntry & { readonly id: FaultId };

export const faultOf = (id: FaultId): Fault => ({ id, ...catalogue[id] });

export const allFaults = (): Fault[] => (Object.keys(catalogue) as FaultId[]).map(faultOf);

const GRADES: Readonly<Record<Grade, string>> = {
  wrong: "never healthy",
  fragile: "reported, and healthy unless --strict",
  convention: "wrong only against what is declared",
};

/** Id, grade and summary of every fault, and what the grades mean. */
export function faultTable(width: number, colors: Colors): string {
  const faults = allFaults();
  const idWidth = Math.max(...faults.map(({ id }) => id.length));
  const gradeWidth = Math.max(...faults.map(({ grade }) => grade.length));
  const indent = " ".repeat(idWidth + gradeWidth + 4);
  const rows = faults.map(({ id, grade, summary }) => {
    const text = wrap(summary, width, indent).trimStart();
    return `${colors.bold(id.padEnd(idWidth))}  ${grade.padEnd(gradeWidth)}  ${text}`;
  });
  const legend = Object.entries(GRADES).map(([grade, meaning]) => `${grade.padEnd(gradeWidth)}  ${meaning}`);
  return `${[...rows, "", ...legend].join("\n")}\n`;
}

/** All that is known of one fault. */
export function faultText(
  { id, grade, summary, symptom, repair }: Fault,
  width: number,
  colors: Colors,
): string {
  return `${[
    `${colors.bold(id)}  ${grade}: ${GRADES[grade]}`,
    wrap(summary, width, "  "),
    field("Symptom", symptom, width, "  ", colors),
    field("Repair", repair, width, "  ", colors),
  ].join("\n")}\n`;
}
