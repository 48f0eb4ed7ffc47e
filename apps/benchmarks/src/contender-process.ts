import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Contender } from "./contender.js";
import type { Work } from "./work.js";

/** What a contender is asked for, one at a time. */
export type Request =
  | { readonly do: "hello" }
  | { readonly do: "open"; readonly name: string; readonly work: Work }
  | { readonly do: "time"; readonly name: string; readonly repeats: number; readonly warmup: number }
  | { readonly do: "close"; readonly name: string }
  | { readonly do: "memory" };

/** What it answers to each. */
export interface Answers {
  readonly hello: { readonly library: string; readonly threads: number; readonly runtime?: string };
  /** Losses of the first steps or entries of the result, and what one repetition took. */
  readonly open: { readonly numbers: readonly number[]; readonly milliseconds: number };
  readonly time: { readonly milliseconds: number };
  readonly close: object;
  readonly memory: { readonly residentBytes: number; readonly peakBytes: number };
}

/** A contender did not answer as it should; the message says what it did instead. */
export class ContenderError extends Error {
  override readonly name = "ContenderError";
}

const running = new Set<ChildProcess>();

/** Ends every contender at once, where the program ends. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** The line of an error's output that says most: the last that names an error, or else the last. */
function reasonIn(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^(at |Node\.js v)/.test(line));
  return lines.filter((line) => /^(\w+\.)*\w*(Error|Exception)\b/.test(line)).at(-1) ?? lines.at(-1) ?? "";
}

const KEPT_OUTPUT = 4000;

/** A contender that runs, and sleeps until it is asked. One that fails once is ended and fails from then on. */
export class ContenderProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  #stderr = "";
  #id = 0;
  #pending:
    | { readonly resolve: (result: unknown) => void; readonly reject: (error: Error) => void }
    | undefined;
  #failure: ContenderError | undefined;

  constructor({ command, args, env }: Pick<Contender, "command" | "args" | "env">) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    running.add(this.#child);
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-KEPT_OUTPUT);
    });
    // A process that is gone is told of by its end, not by the pipe.
    this.#child.stdin?.on("error", () => {});
    if (this.#child.stdout) {
      createInterface({ input: this.#child.stdout }).on("line", (line) => this.#receive(line));
    }
    this.#closed = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#fail(`cannot be started: ${error.message}`);
        resolve();
      });
      this.#child.once("close", (code, signal) => {
        running.delete(this.#child);
        const reason = reasonIn(this.#stderr);
        this.#fail(
          `ended ${signal ? `by ${signal}` : `with exit code ${code}`}${reason === "" ? "" : `: ${reason}`}`,
        );
        resolve();
      });
    });
  }

  /** Whether it still answers. An error that it reports itself leaves it alive. */
  get alive(): boolean {
    return this.#failure === undefined;
  }

  /** @throws ContenderError where it reports an error, ends, prints something else, or takes longer than `seconds`. */
  ask<Asked extends Request>(request: Asked, seconds: number): Promise<Answers[Asked["do"]]> {
    if (this.#failure) return Promise.reject(this.#failure);
    const id = ++this.#id;
    return new Promise<unknown>((resolve, reject) => {
      const limit = setTimeout(() => this.#fail(`gave no answer within ${seconds} s`), 1000 * seconds);
      const settle =
        <Value>(how: (value: Value) => void) =>
        (value: Value) => {
          clearTimeout(limit);
          this.#pending = undefined;
          how(value);
        };
      this.#pending = { resolve: settle(resolve), reject: settle(reject) };
      this.#child.stdin?.write(`${JSON.stringify({ id, ...request })}\n`);
    }) as Promise<Answers[Asked["do"]]>;
  }

  #receive(line: string): void {
    let message: { readonly id?: unknown; readonly result?: unknown; readonly error?: unknown } | null;
    try {
      message = JSON.parse(line);
    } catch {
      message = null;
    }
    if (typeof message !== "object" || message?.id !== this.#id) {
      this.#fail(`printed "${line.slice(0, 60)}" instead of an answer`);
    } else if (message.error !== undefined) {
      this.#pending?.reject(new ContenderError(String(message.error)));
    } else this.#pending?.resolve(message.result);
  }

  #fail(reason: string): void {
    this.#failure ??= new ContenderError(reason);
    this.#child.kill("SIGKILL");
    this.#pending?.reject(this.#failure);
  }

  /** Ends the process, and waits until it is gone. */
  async end(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }
}
