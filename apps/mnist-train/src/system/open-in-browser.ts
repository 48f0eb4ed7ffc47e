import { spawn } from "node:child_process";
import { platform } from "node:os";

/** An opener that has not failed by then is at work. */
const PATIENCE = 1500;

function opener(path: string): readonly [command: string, args: readonly string[]] {
  if (platform() === "darwin") return ["open", [path]];
  // `start` takes a first quoted argument for the window's title.
  if (platform() === "win32") return ["cmd", ["/c", "start", "", path]];
  return ["xdg-open", [path]];
}

/** Opens the file with the system's own program for it; whether that worked, as far as can be told. */
export function openInBrowser(path: string): Promise<boolean> {
  const [command, args] = opener(path);
  const child = spawn(command, args, { detached: true, stdio: "ignore" });
  child.unref();
  return new Promise((resolve) => {
    child.once("error", () => resolve(false));
    child.once("exit", (code) => resolve(code === 0));
    setTimeout(() => resolve(true), PATIENCE);
  });
}
