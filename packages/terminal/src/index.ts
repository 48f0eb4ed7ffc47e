export { parseArguments } from "./arguments.js";
export { BadInput } from "./bad-input.js";
export { closest } from "./closest.js";
export { type Colors, colorsFor } from "./colors.js";
export { compared, figure } from "./figure.js";
export { withGuest } from "./guest.js";
export { runCommand } from "./run-command.js";
export { columnsOf, textWidth, wrap } from "./text.js";
export { userPath } from "./user-path.js";
