/**
 * Installs AssemblyScript into `compiler/node_modules`, unless it is there. It stays out of the workspace because it
 * brings 94 MB, and only who edits kernels needs it: the module that it makes is in the repository.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { hasCompiler } from "./compile.mjs";

if (!hasCompiler()) {
  console.log("installing AssemblyScript (94 MB, once) into packages/tensor/assembly/compiler");
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: fileURLToPath(new URL("compiler", import.meta.url)),
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  process.exit(status ?? 1);
}
