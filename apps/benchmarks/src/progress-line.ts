/** One line on standard error that says what is being measured; nothing where it is no terminal. */
export function progressLine(): { show(text: string): void; clear(): void } {
  const { stderr } = process;
  if (!stderr.isTTY) return { show() {}, clear() {} };
  const clear = () => stderr.write("\r\x1b[K");
  return {
    show(text) {
      clear();
      stderr.write(text.slice(0, (stderr.columns || 80) - 1));
    },
    clear,
  };
}
