import type { Memory } from "./web-assembly.js";

/** What the module exports: functions over byte addresses in its memory. Written in `assembly/`. */
export interface Exports {
  readonly memory: Memory;
  matmulFloat32: Matmul;
  matmulFloat64: Matmul;
  matmulWorkspaceFloat32(k: number, n: number): number;
  matmulWorkspaceFloat64(k: number, n: number): number;
}

/** out[m, n] += op(a)·op(b), with a workspace of as many bytes as the function of that name says. */
type Matmul = (
  out: number,
  a: number,
  b: number,
  workspace: number,
  m: number,
  k: number,
  n: number,
  transposeA: boolean,
  transposeB: boolean,
) => void;
