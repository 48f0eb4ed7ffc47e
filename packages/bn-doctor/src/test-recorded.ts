import type { BatchNormRecord } from "./record.js";

/** What the libraries and the snippets of the docs gave: fixtures/records.json, as fixtures/records.py writes it. */
export interface Recorded {
  readonly libraries: Readonly<Record<string, readonly BatchNormRecord[]>>;
  readonly oneNeuron: readonly BatchNormRecord[];
  readonly snippets: Readonly<Record<string, { readonly code: string; readonly record: BatchNormRecord }>>;
}
