import { availableParallelism } from "node:os";
import { BadInput } from "terminal";
import type { Contender, Skipped } from "./contender.js";
import { handgrad } from "./contenders/handgrad.js";
import { javascriptPeers } from "./contenders/javascript-peers.js";
import { installPeers } from "./contenders/peers-folder.js";
import { pythonPeers } from "./contenders/python-peers.js";
import type { Options } from "./options.js";

export interface Found {
  readonly contenders: readonly Contender[];
  readonly skipped: readonly Skipped[];
  /** handgrad as everybody's results are held against it, whether or not it is measured. */
  readonly reference: Contender;
}

/** All that are asked for and there. @throws BadInput where a name is nobody's. */
export async function findContenders(
  { contenders: names, install, python }: Options,
  say: (line: string) => void,
): Promise<Found> {
  const cores = availableParallelism();
  const asked = ({ id, family }: { id: string; family: string }) =>
    names === undefined || names.includes(id) || names.includes(family);
  const ours = handgrad();
  const skipped: Skipped[] = [];

  let fromNpm = javascriptPeers(cores).filter(asked);
  if (fromNpm.length > 0) {
    const reason = await installPeers(install, say);
    if (reason !== undefined) {
      skipped.push(...[...new Set(fromNpm.map(({ family }) => family))].map((id) => ({ id, reason })));
      fromNpm = [];
    }
  }

  const wantsPython =
    names?.every((name) => /^(handgrad|tensorflow-js|jax-js|onnxruntime)/.test(name)) !== true;
  const fromPython = wantsPython ? await pythonPeers(python, cores) : { contenders: [], skipped: [] };
  skipped.push(
    ...fromPython.skipped.filter(
      ({ id }) => names === undefined || names.some((name) => name === id || name.startsWith(`${id}-`)),
    ),
  );

  const contenders = [...ours.filter(asked), ...fromNpm, ...fromPython.contenders.filter(asked)];
  const nobody = names?.find(
    (name) =>
      !contenders.some(({ id, family }) => name === id || name === family) &&
      !skipped.some(({ id }) => name === id || name.startsWith(`${id}-`)),
  );
  if (nobody !== undefined) {
    const known = [...ours, ...javascriptPeers(cores), ...fromPython.contenders].map(({ id }) => id);
    throw new BadInput(`--contenders must be names of rows, got "${nobody}"; there are ${known.join(", ")}`);
  }
  return { contenders, skipped, reference: ours[0] };
}
