import type { FromWorker, ToWorker } from "../messages.js";

/** The worker that trains. */
export interface Connection {
  send(message: ToWorker): void;
}

/** Starts it. `onFailure` is told, for the reader, why it could not start or stopped. */
export function connect(
  onMessage: (message: FromWorker) => void,
  onFailure: (message: string) => void,
): Connection {
  try {
    const worker = new Worker(new URL("../worker/index.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => onMessage(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      const why = event.message ? ` (${event.message})` : "";
      onFailure(`The worker that trains could not start or stopped${why}. Reload the page to try again.`);
    });
    return { send: (message) => worker.postMessage(message) };
  } catch (error) {
    onFailure(`This browser can start no worker to train in (${(error as Error).message}).`);
    return { send: () => {} };
  }
}
