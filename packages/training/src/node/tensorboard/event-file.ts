import { hostname } from "node:os";
import { join } from "node:path";
import { AppendedFile } from "../appended-file.js";
import { makeFolder } from "../make-folder.js";
import { fileVersion, scalars, sessionStart } from "./event.js";

let files = 0;

/**
 * The events of one process in a folder, which TensorBoard calls a run. Earlier files stay as they are, since a
 * TensorBoard may be reading them; what they say of `firstStep` and later steps is no longer shown.
 */
export class EventFile {
  readonly #folder: string;
  readonly #firstStep: number;
  #file: AppendedFile | undefined;

  constructor(folder: string, firstStep: number) {
    this.#folder = folder;
    this.#firstStep = firstStep;
  }

  /** See {@link scalars}. */
  append(step: number, values: Readonly<Record<string, number | undefined>>): void {
    this.#file ??= this.#begin();
    this.#file.append(scalars(step, values));
  }

  flush(): void {
    this.#file?.save();
  }

  close(): void {
    this.#file?.close();
  }

  #begin(): AppendedFile {
    makeFolder(this.#folder);
    const file = new AppendedFile(join(this.#folder, newName()));
    file.append(fileVersion());
    file.append(sessionStart(this.#firstStep));
    return file;
  }
}

/** TensorBoard knows event files by "tfevents", and reads them in the order of their names: in the order of time. */
const newName = (): string =>
  `events.out.tfevents.${(Date.now() / 1000).toFixed(3)}.${hostname()}.${process.pid}.${files++}`;
