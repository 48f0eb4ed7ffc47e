import { wrap } from "terminal";
import type { Explanation } from "../explanation.js";

/** The sentences of an explanation, one paragraph each. */
export const explanationText = ({ summary }: Explanation, width: number): string =>
  `${summary.map((sentence) => wrap(sentence, width, "")).join("\n\n")}\n`;
