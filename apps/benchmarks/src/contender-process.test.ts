import { afterEach, expect, it } from "vitest";
import type { Contender } from "./contender.js";
import { ContenderError, ContenderProcess } from "./contender-process.js";
import { fakeContender } from "./test-contender.js";

const started: ContenderProcess[] = [];
afterEach(() => Promise.all(started.splice(0).map((process) => process.end())));

function start(contender: Pick<Contender, "command" | "args" | "env">): ContenderProcess {
  const process = new ContenderProcess(contender);
  started.push(process);
  return process;
}
const fake = (answer: string) => start(fakeContender("fake", answer));
const hello = (process: ContenderProcess, seconds = 30) => process.ask({ do: "hello" }, seconds);

it("answers one request after the other", async () => {
  const process = fake("{ result: { library: request.do + ++count, threads: 1 } }");
  expect(await hello(process)).toEqual({ library: "hello1", threads: 1 });
  expect(await hello(process)).toEqual({ library: "hello2", threads: 1 });
});

it("gets the environment of its row", async () => {
  const contender = fakeContender("fake", "{ result: process.env.HANDGRAD_ENGINE }");
  expect(await hello(start({ ...contender, env: { HANDGRAD_ENGINE: "scalar" } }))).toBe("scalar");
});

it("lives on after an error of its own", async () => {
  const process = fake('++count === 1 ? { error: "no such kernel" } : { result: {} }');
  await expect(hello(process)).rejects.toThrow(new ContenderError("no such kernel"));
  expect(process.alive).toBe(true);
  expect(await hello(process)).toEqual({});
});

it.each([
  [
    "crashes",
    "(() => { throw new TypeError('x is not y') })()",
    "ended with exit code 1: TypeError: x is not y",
  ],
  ["ends silently", "process.exit(3)", "ended with exit code 3"],
  ["is killed", "process.kill(process.pid, 'SIGKILL')", "ended by SIGKILL"],
  ["prints rubbish", "void console.log('Loading…')", 'printed "Loading…" instead of an answer'],
  [
    "answers something else",
    "{ id: 77, result: {} }",
    'printed "{"id":77,"result":{}}" instead of an answer',
  ],
])("fails from then on where it %s", async (_, answer, message) => {
  const process = fake(answer);
  await expect(hello(process)).rejects.toThrow(new ContenderError(message));
  expect(process.alive).toBe(false);
  // What it did counts, not that it was ended for it.
  await process.end();
  await expect(hello(process)).rejects.toThrow(new ContenderError(message));
});

it("is ended where it takes too long", async () => {
  const process = fake("undefined");
  await expect(hello(process, 0.2)).rejects.toThrow(new ContenderError("gave no answer within 0.2 s"));
  await process.end();
  expect(process.alive).toBe(false);
});

it("fails where there is no such command", async () => {
  const process = start({ command: "no-such-command-at-all", args: [], env: {} });
  await expect(hello(process)).rejects.toThrow(/^cannot be started: .*ENOENT/);
});
