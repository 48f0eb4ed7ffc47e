import { BadInput } from "terminal";

/** Reads the path of a folder. @throws BadInput where it is empty. */
export const folderArgument = (flag: string) => (text: string) => {
  if (text === "") throw new BadInput(`${flag} must be the path of a folder, got ""`);
  return text;
};
