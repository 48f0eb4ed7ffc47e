import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  ones,
  zeros,
} from "./initializers.js";
import { orthogonal } from "./orthogonal.js";

/** The initialisers that need no argument, by name, as for a command line. */
export const initializers = {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  ones,
  orthogonal: /* @__PURE__ */ orthogonal(),
  zeros,
} as const;
