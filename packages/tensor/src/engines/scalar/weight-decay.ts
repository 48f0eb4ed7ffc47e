/** g = grad + weightDecay·value. Without decay it is grad itself: 0·value would make a NaN of an infinite value. */
export const decayed = (grad: number, value: number, weightDecay: number): number =>
  weightDecay === 0 ? grad : grad + weightDecay * value;
