import pc from "picocolors";

/** Colour where `stream` is a terminal and NO_COLOR is not set. */
export function colorsFor(stream: { readonly isTTY?: boolean }): ReturnType<typeof pc.createColors> {
  return pc.createColors(Boolean(stream.isTTY) && !process.env.NO_COLOR && process.env.TERM !== "dumb");
}
export type Colors = ReturnType<typeof colorsFor>;
