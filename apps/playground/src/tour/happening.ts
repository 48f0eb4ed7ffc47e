import type { Verdict } from "@handgrad/bn-doctor";
import type { Prediction } from "../messages.js";
import type { Settings } from "../settings/settings.js";

/** What the page shows after something happened on it. */
export interface Happening {
  readonly settings: Settings;
  /** Steps of training so far. */
  readonly step: number;
  /** Of what is drawn, with the present settings. */
  readonly prediction: Prediction | undefined;
  readonly verdict: Verdict | undefined;
}
