/** Something that the user can put right. Its message is all that is shown, on one line whatever the user wrote. */
export class BadInput extends Error {
  override readonly name = "BadInput";

  constructor(message: string) {
    super(message.replace(/\s*\p{Cc}+\s*/gu, " ").trim());
  }
}
