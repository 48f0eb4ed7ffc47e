import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { userPath } from "terminal";
import type { Contender, Skipped } from "../contender.js";
import type { Kind } from "../work.js";
import { peersFolder } from "./peers-folder.js";

const FIND_SECONDS = 20;

/** Family, the module that it needs, its script, what it can do, and a row's name and settings each. */
const peersOf = (cores: number) => {
  const threads = [...new Set([1, cores])].map((count) => ({
    suffix: `-${count}`,
    env: { BENCHMARK_THREADS: String(count), OMP_NUM_THREADS: String(count), MKL_NUM_THREADS: String(count) },
  }));
  const all: readonly Kind[] = ["training", "inference", "matmul"];
  return [
    { family: "pytorch", module: "torch", script: "pytorch.py", kinds: all, settings: threads },
    {
      family: "tensorflow",
      module: "tensorflow",
      script: "tensorflow_python.py",
      kinds: all,
      settings: [
        { suffix: "", env: { BENCHMARK_XLA: "0" } },
        { suffix: "-xla", env: { BENCHMARK_XLA: "1" } },
      ],
    },
    {
      family: "numpy",
      module: "numpy",
      script: "numpy_blas.py",
      kinds: ["matmul"] as readonly Kind[],
      settings: threads,
    },
  ];
};

/** Which of the modules this Python has. */
async function modulesOf(python: string, modules: readonly string[]): Promise<readonly string[]> {
  const script = `import importlib.util as u; print(*[m for m in ${JSON.stringify(modules)} if u.find_spec(m)])`;
  const { stdout } = await promisify(execFile)(python, ["-c", script], { timeout: 1000 * FIND_SECONDS });
  return stdout.trim().split(/\s+/);
}

/** Frameworks of a Python, as far as it has them. */
export async function pythonPeers(
  name: string,
  cores: number,
): Promise<{ readonly contenders: Contender[]; readonly skipped: Skipped[] }> {
  // A bare name is looked up on the path.
  const python = /[\\/]/.test(name) ? userPath(name) : name;
  const peers = peersOf(cores);
  let reason = (module: string) => `${name} has no module ${module}`;
  const found = await modulesOf(
    python,
    peers.map(({ module }) => module),
  ).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "is not there" : "does not run";
    reason = () => `${name} ${why}; name a Python by --python or HANDGRAD_PYTHON`;
    return [] as readonly string[];
  });
  return {
    contenders: peers
      .filter(({ module }) => found.includes(module))
      .flatMap(({ family, script, kinds, settings }) =>
        settings.map(({ suffix, env }) => ({
          id: `${family}${suffix}`,
          family,
          kinds,
          command: python,
          args: [join(peersFolder, script)],
          // No cache files beside the scripts.
          env: { ...env, PYTHONDONTWRITEBYTECODE: "1" },
        })),
      ),
    skipped: peers
      .filter(({ module }) => !found.includes(module))
      .map(({ family, module }) => ({ id: family, reason: reason(module) })),
  };
}
