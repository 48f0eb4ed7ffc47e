import type { Instance } from "./instantiate.js";
import { workerSource } from "./worker-source.js";

export interface WorkerHandle {
  stop(): void;
}

/** The parts of Node's and the web's interfaces that are used here, so that neither's types are needed. */
interface Runtime {
  readonly process?: { getBuiltinModule?(name: "node:worker_threads"): NodeThreads | undefined };
  readonly Worker?: new (url: string) => WebWorker;
  readonly Blob?: new (parts: readonly string[], options: { readonly type: string }) => object;
  readonly URL?: { createObjectURL(blob: object): string; revokeObjectURL(url: string): void };
  readonly window?: unknown;
}
interface NodeThreads {
  readonly Worker: new (
    source: string,
    options: {
      readonly eval: true;
      readonly workerData: unknown;
      readonly execArgv: readonly string[];
      readonly env: object;
    },
  ) => {
    unref(): void;
    terminate(): unknown;
    on(event: "error", listener: () => void): void;
  };
}
interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
}

const runtime = globalThis as unknown as Runtime;

/** A page's main thread must not wait. */
export const waitingIsAllowed = runtime.window === undefined;

/** A worker of Node or of the web that works in the memory, or undefined where none can be had. */
export function startWorker({ modules, memory }: Instance): WorkerHandle | undefined {
  try {
    const node = runtime.process?.getBuiltinModule?.("node:worker_threads");
    return node ? nodeWorker(node, { modules, memory }) : webWorker({ modules, memory });
  } catch {
    return undefined;
  }
}

function nodeWorker({ Worker }: NodeThreads, workerData: object): WorkerHandle {
  const worker = new Worker(workerSource, { eval: true, workerData, execArgv: [], env: {} });
  // It keeps no process alive, and its end is noticed where it had taken something.
  worker.unref();
  worker.on("error", () => {});
  return { stop: () => void worker.terminate() };
}

function webWorker(data: object): WorkerHandle | undefined {
  const { Worker, Blob, URL } = runtime;
  if (!Worker || !Blob || !URL) return undefined;
  const url = URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  worker.postMessage(data);
  return { stop: () => worker.terminate() };
}
