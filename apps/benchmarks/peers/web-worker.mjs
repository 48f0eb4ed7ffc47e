import { resolveObjectURL } from "node:buffer";
import { Worker } from "node:worker_threads";

const GLOBALS = `
const { parentPort } = require("node:worker_threads");
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on("message", (data) => globalThis.onmessage({ data }));
`;

/** As much of a browser's `Worker` as jax-js uses, on Node's threads: so it can use all cores here, too. */
export class WebWorker {
  #worker;

  constructor(url) {
    this.#worker = resolveObjectURL(url)
      .text()
      .then((source) => {
        const worker = new Worker(GLOBALS + source, { eval: true });
        worker.on("message", (data) => this.onmessage?.({ data }));
        worker.on("error", (error) => this.onerror?.(error));
        return worker;
      });
  }

  postMessage(message) {
    this.#worker.then((worker) => worker.postMessage(message));
  }
}
