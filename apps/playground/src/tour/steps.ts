import type { FaultId } from "bn-faults";
import { bestOf } from "../best-of.js";
import { defaults, type Settings } from "../settings/settings.js";
import type { Happening } from "./happening.js";

/** One step of the tour, done as soon as `done` says so of something that happened on the page. */
export interface TourStep {
  readonly title: string;
  readonly text: string;
  /** What the step's button makes of the settings. */
  readonly settings: Settings;
  readonly done: (happening: Happening) => boolean;
}

const TRAINED = 50;
const SLOW = 0.999;
const having = (changes: Partial<Settings>): Settings => ({ ...defaults, ...changes });
const planted = (fault: FaultId | null, { settings }: Happening): boolean =>
  settings.batchNorm && settings.fault === fault;

export const steps: readonly TourStep[] = [
  {
    title: "Train both networks for 100 steps",
    text: "Press Start. The loss falls faster with batch norm, and its eval mode keeps up with its training mode.",
    settings: having({}),
    done: (happening) => planted(null, happening) && happening.step >= 100,
  },
  {
    title: "Draw a digit",
    text: "Or take one with the number buttons. Both modes of a correct batch norm give the same answer, though eval mode sees the digit alone.",
    settings: having({}),
    done: (happening) =>
      planted(null, happening) &&
      happening.step >= TRAINED &&
      happening.prediction?.batchNorm !== undefined &&
      bestOf(happening.prediction.batchNorm.train).digit ===
        bestOf(happening.prediction.batchNorm.eval).digit,
  },
  {
    title: "Switch on stats-never-updated and draw a 3",
    text: "Train 50 steps first. Training looks fine, but eval mode normalises by numbers that nobody measured: its curve stays far above, and its answers are unsure or wrong.",
    settings: having({ fault: "stats-never-updated" }),
    done: (happening) =>
      planted("stats-never-updated", happening) &&
      happening.step >= TRAINED &&
      happening.prediction !== undefined,
  },
  {
    title: "Find a fault that no curve shows",
    text: "Switch on train-formula-in-eval and train. The curves are those of a correct batch norm; the verdict names the fault all the same.",
    settings: having({ fault: "train-formula-in-eval" }),
    done: (happening) =>
      planted("train-formula-in-eval", happening) &&
      happening.verdict?.faults.some(({ id }) => id === "train-formula-in-eval") === true,
  },
  {
    title: "See what looks like a fault and is none",
    text: "Without a fault, set the decay to 0.999 and train 50 steps. Eval mode lags far behind: the running pair still remembers its start. The judge knows, and says so instead of blaming.",
    settings: having({ decay: SLOW }),
    done: (happening) =>
      planted(null, happening) &&
      happening.settings.decay === SLOW &&
      happening.verdict?.healthy === true &&
      happening.verdict.checks.some(({ passed }) => passed === "inconclusive"),
  },
];
