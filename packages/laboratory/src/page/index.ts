export { formatted, type NumberFormat } from "./format.js";
export { color, followTheme } from "./theme.js";
export { logTicks, roomFor, WHOLE_STEPS } from "./ticks.js";
