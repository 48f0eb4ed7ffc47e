import { dark, light, properties } from "laboratory";

/** Custom properties of the theme: the system's, unless the reader chose one. */
export const themeStyles = `
:root { color-scheme: light; ${properties(light)} }
@media (prefers-color-scheme: dark) { :root:not([data-theme]) { color-scheme: dark; ${properties(dark)} } }
:root[data-theme="dark"] { color-scheme: dark; ${properties(dark)} }
`;
