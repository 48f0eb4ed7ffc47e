/** Widest line of running text, however wide the terminal is. */
const TEXT_WIDTH = 100;

/** Columns for running text on `stream`: 80 where it does not say how wide it is. */
export const textWidth = ({ columns }: { readonly columns?: number }): number =>
  Math.min(columns || 80, TEXT_WIDTH);

/** Columns that `text` takes: combining marks, such as the hat of x̂, take none. */
export const columnsOf = (text: string): number => text.replaceAll(/\p{Mark}/gu, "").length;

/** `text` in lines of at most `width` columns, each behind `indent`, which counts. A longer word has its own line. */
export function wrap(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && columnsOf(indent + line) + 1 + columnsOf(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((part) => indent + part).join("\n");
}
