import type { Show } from "./show.js";
import type { Work } from "./work.js";

/** One column of a table. */
export interface Workload {
  /** Title of the table that it stands in. */
  readonly table: string;
  /** Heading of its column. */
  readonly column: string;
  readonly work: Work;
  /** How its times are shown. */
  readonly show: Show;
}
