import { type FaultId, faults } from "bn-faults";

/**
 * Faults that can be planted into a network. Left out are those in what a layer hands to an optimiser or a checkpoint:
 * here the network hands it over, and a run would be healthy under a fault's name.
 */
export const plantableFaults = (Object.keys(faults) as FaultId[]).filter(
  (id) => id !== "affine-never-trained" && id !== "checkpoint-omits-stats",
);
