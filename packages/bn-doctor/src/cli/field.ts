import { type Colors, wrap } from "terminal";

const LABEL = 12;

/** A label and its text, whose further lines stand below the first. */
export function field(label: string, text: string, width: number, indent: string, colors: Colors): string {
  const lines = wrap(text, width, indent + " ".repeat(LABEL));
  return indent + colors.dim(label.padEnd(LABEL)) + lines.trimStart();
}
