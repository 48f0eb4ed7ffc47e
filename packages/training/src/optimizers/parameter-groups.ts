/** Settings for some of the parameters; the optimiser's own hold for the others. */
export interface ParameterGroup {
  /** The parameters whose path it finds, such as `/^0\./` for those of layer 0: at least one. */
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

export const finds = ({ paths }: ParameterGroup, path: string): boolean => path.search(paths) >= 0;

/**
 * Throws where a group finds none of the parameters: a mistyped path would else train with other settings unseen.
 * {@link noDecayOnNormsAndBiases} suits every model, one without norms and biases too.
 */
export function requireFinds(what: string, group: ParameterGroup, all: readonly string[]): void {
  if (group === noDecayOnNormsAndBiases || all.some((path) => finds(group, path))) return;
  throw new RangeError(
    `${what} must find a parameter, got ${group.paths}, which is in none of [${all.join(", ")}]`,
  );
}
