export interface Guess {
  readonly digit: number;
  readonly probability: number;
}

/** The most probable digit. */
export function bestOf(probabilities: Float32Array): Guess {
  const probability = Math.max(...probabilities);
  return { digit: probabilities.indexOf(probability), probability };
}
