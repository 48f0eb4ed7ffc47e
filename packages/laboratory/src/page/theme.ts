const dark = matchMedia("(prefers-color-scheme: dark)");
const print = matchMedia("print");
const root = document.documentElement;

/** What the reader chose with the button; without a choice the system's. */
let chosen: "light" | "dark" | undefined;

let onPaper = false;

const isDark = () => !onPaper && (chosen ?? (dark.matches ? "dark" : "light")) === "dark";

/** A colour of the theme that holds now, by the name of its custom property. */
export const color = (name: string): string => getComputedStyle(root).getPropertyValue(`--${name}`).trim();

/** Sets up the button, and calls `onChange` whenever the colours change: by button, system, or for paper, which is white. */
export function followTheme(button: HTMLButtonElement, onChange: () => void): void {
  const apply = () => {
    if (onPaper) root.dataset.theme = "light";
    else if (chosen) root.dataset.theme = chosen;
    else delete root.dataset.theme;
    button.textContent = isDark() ? "Light theme" : "Dark theme";
    onChange();
  };
  button.addEventListener("click", () => {
    chosen = isDark() ? "light" : "dark";
    apply();
  });
  dark.addEventListener("change", apply);
  const turn = (toPaper: boolean) => {
    if (toPaper === onPaper) return;
    onPaper = toPaper;
    apply();
  };
  print.addEventListener("change", () => turn(print.matches));
  addEventListener("beforeprint", () => turn(true));
  addEventListener("afterprint", () => turn(false));
  apply();
}
