import {
  cosineSchedule,
  exponentialSchedule,
  type Optimizer,
  oneCycleSchedule,
  ReduceOnPlateau,
  type Schedule,
  stepSchedule,
} from "@handgrad/training";

/** How the learning rate of a run goes on from the one that was set. */
export interface LearningRates {
  /** Of each step, counted from 0; without it the optimiser keeps its own. */
  readonly schedule?: Schedule;
  /** To be told the mean training loss of each epoch. */
  readonly plateau?: ReduceOnPlateau;
}

/** `step` divides by 10 after each third of the run. */
const STEP_PARTS = 3;
/** `exponential` ends at this share of the first learning rate. */
const EXPONENTIAL_END = 0.01;
/** `cosine` rises during this share of the run. */
const COSINE_WARMUP = 0.05;
/** `plateau` divides by 10 after an epoch that is no better than the best, and another one. */
const PLATEAU = { factor: 0.1, patience: 1 } as const;

type LearningRate = Pick<Optimizer, "learningRate">;

export const schedules = {
  constant: () => ({}),
  step: ({ learningRate }, steps) => ({
    schedule: stepSchedule({ learningRate, every: Math.ceil(steps / STEP_PARTS) }),
  }),
  exponential: ({ learningRate }, steps) => ({
    schedule: exponentialSchedule({ learningRate, factor: EXPONENTIAL_END ** (1 / steps) }),
  }),
  cosine: ({ learningRate }, steps) => ({
    schedule: cosineSchedule({ learningRate, steps, warmup: Math.floor(COSINE_WARMUP * steps) }),
  }),
  "one-cycle": ({ learningRate }, steps) => ({ schedule: oneCycleSchedule({ learningRate, steps }) }),
  plateau: (optimizer) => ({ plateau: new ReduceOnPlateau(optimizer, PLATEAU) }),
} as const satisfies Readonly<Record<string, (optimizer: LearningRate, steps: number) => LearningRates>>;

export type ScheduleName = keyof typeof schedules;

/** The learning rates that the settings ask for, over `totalSteps` steps from the optimiser's own. */
export const learningRatesOf = (
  { schedule }: { readonly schedule: ScheduleName },
  optimizer: LearningRate,
  totalSteps: number,
): LearningRates => schedules[schedule](optimizer, Math.min(totalSteps, Number.MAX_SAFE_INTEGER));
