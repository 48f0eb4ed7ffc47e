import { arch, cpus, platform } from "node:os";
import { engine, threads } from "@handgrad/tensor";
import manifest from "../../package.json" with { type: "json" };

/** What a run ran on. */
export interface Environment {
  /** Of this program. */
  readonly version: string;
  readonly node: string;
  /** Of the tensor kernels. */
  readonly engine: string;
  /** That share large work. */
  readonly threads: number;
  /** Operating system and architecture. */
  readonly platform: string;
  /** Model and number of logical cores. */
  readonly processor: string;
}

export function environment(): Environment {
  const cores = cpus();
  return {
    version: manifest.version,
    node: process.versions.node,
    engine: engine(),
    threads: threads(),
    platform: `${platform()} ${arch()}`,
    processor: `${cores[0]?.model.trim() ?? "unknown"}, ${cores.length} logical cores`,
  };
}
