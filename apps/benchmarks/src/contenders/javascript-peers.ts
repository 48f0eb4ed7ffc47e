import { join } from "node:path";
import type { Contender } from "../contender.js";
import { peersFolder } from "./peers-folder.js";

/** Frameworks for Node, each with its backends or numbers of threads. */
export function javascriptPeers(cores: number): Contender[] {
  const threads = [...new Set([1, cores])];
  const peer = (id: string, family: string, script: string, env: Contender["env"]): Contender => ({
    id,
    family,
    kinds: family === "onnxruntime" ? ["inference"] : ["training", "inference", "matmul"],
    command: process.execPath,
    args: [join(peersFolder, script)],
    env,
  });
  return [
    ...["wasm", "cpu"].map((backend) =>
      peer(`tensorflow-js-${backend}`, "tensorflow-js", "tensorflow-js.mjs", { BENCHMARK_BACKEND: backend }),
    ),
    ...threads.map((count) =>
      peer(`jax-js-${count}`, "jax-js", "jax-js.mjs", { BENCHMARK_THREADS: String(count) }),
    ),
    ...threads.map((count) =>
      peer(`onnxruntime-${count}`, "onnxruntime", "onnxruntime.mjs", { BENCHMARK_THREADS: String(count) }),
    ),
  ];
}
