/** Settings for some of the parameters; the optimiser's own hold for the others. */
export interface ParameterGroup {
  /** The parameters whose path it finds, such as `/^0\./` for those of layer 0. */
  readonly paths: RegExp;
  /** Default: the optimiser's. */
  readonly weightDecay?: number;
  /** Times the optimiser's learning rate; default 1. 0 freezes what the loss would move. */
  readonly learningRateFactor?: number;
}

/**
 * No weight decay on γ, β and biases: `groups: [noDecayOnNormsAndBiases]`. Decay pulls towards 0, which keeps weights
 * small; a batch norm's scale and a shift make no model complex, and only lose what they learned.
 */
export const noDecayOnNormsAndBiases: ParameterGroup = { paths: /(^|\.)(gamma|beta|bias)$/, weightDecay: 0 };
