import type { LayerFault } from "@handgrad/bn-doctor";

/** A fault that the doctor named, once for all the layers that have it. The evidence is the first layer's. */
export interface NamedFault extends Pick<LayerFault, "id" | "grade"> {
  readonly layers: readonly string[];
  readonly meaning: string;
  readonly evidence: LayerFault["evidence"];
  readonly repair: string | undefined;
}

/** In the order in which they were found, those last that do not count. */
export function namedFaults(found: readonly LayerFault[]): NamedFault[] {
  const ids = [...new Set(found.map(({ id }) => id))];
  const named = ids.map((id): NamedFault => {
    const [first, ...others] = found.filter((fault) => fault.id === id);
    const { grade, layer, meaning, evidence, repair } = first;
    return { id, grade, layers: [layer, ...others.map((other) => other.layer)], meaning, evidence, repair };
  });
  return [...named.filter(counts), ...named.filter((fault) => !counts(fault))];
}

/** Whether the fault makes a batch norm unhealthy: a fragile habit harms on some inputs alone. */
export const counts = ({ grade }: Pick<NamedFault, "grade">): boolean => grade !== "fragile";
