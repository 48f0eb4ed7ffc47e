/** Something that the user can put right. Its message is one line and all that is shown. */
export class BadInput extends Error {
  override readonly name = "BadInput";
}
