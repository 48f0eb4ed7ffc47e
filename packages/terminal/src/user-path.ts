import { resolve } from "node:path";

/** Relative to where the user stands: pnpm runs scripts in the package's folder and keeps the user's in INIT_CWD. */
export const userPath = (path: string): string => resolve(process.env.INIT_CWD ?? process.cwd(), path);
