import type { AnyLayer } from "./layer.js";

/**
 * Whether the layer says that it keeps no tensor beyond its next pass. What a subclass does, its parent can't say:
 * only the layer itself and its own class count.
 */
export function isTransient(layer: AnyLayer): boolean {
  const says = [layer, Object.getPrototypeOf(layer)].some((own) => Object.hasOwn(own, "transient"));
  return says && layer.transient === true;
}
