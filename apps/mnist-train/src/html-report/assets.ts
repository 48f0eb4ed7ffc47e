import { readFileSync } from "node:fs";

/** The script of the page, which the build puts beside the program. */
export const pageScript = (): string => readFileSync(new URL("report-page.js", import.meta.url), "utf8");
