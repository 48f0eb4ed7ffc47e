/** Everything that decides the figure. What the paper states is not among it. */
export interface PaperSettings {
  /** Folder of the user's own images; null takes the digits that come with this program. */
  readonly data: string | null;
  readonly steps: number;
  readonly learningRate: number;
  /** Standard deviation of the first weights. */
  readonly weightScale: number;
  /** Steps of each short run of the grid; 0 leaves it out. */
  readonly gridSteps: number;
  readonly seed: number;
}

/** What the paper states. */
export const HIDDEN = [100, 100, 100] as const;
export const BATCH_SIZE = 60;
export const PAPER_STEPS = 50_000;

/** The paper states neither learning rate nor weight scale: these give its figure's course in a tenth of its steps. */
export const paperDefaults: PaperSettings = {
  data: null,
  steps: 5000,
  learningRate: 0.1,
  weightScale: 0.1,
  gridSteps: 600,
  seed: 1,
};
