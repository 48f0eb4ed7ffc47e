import { engine, threads } from "@handgrad/tensor";
import { type Digits, loadDigits } from "../digits/load.js";
import type { FromWorker, ToWorker } from "../messages.js";
import { messageOf } from "./message-of.js";
import { samples } from "./samples.js";
import { Session } from "./session.js";

/** The parts of a worker's global scope that are used here: TypeScript's types are those of a page. */
interface WorkerScope {
  onmessage: ((event: { readonly data: ToWorker }) => void) | null;
  postMessage(message: FromWorker): void;
  readonly crossOriginIsolated?: boolean;
}

const scope = globalThis as unknown as WorkerScope;
const send = (message: FromWorker): void => scope.postMessage(message);
const fail = (error: unknown): void => send({ type: "failed", message: messageOf(error) });

let session: Session | undefined;

function answer(message: ToWorker, digits: Digits, sample: ReturnType<typeof samples>): void {
  switch (message.type) {
    case "configure":
      session?.close();
      session = undefined;
      session = new Session(message.run, message.settings, digits, send);
      break;
    case "predict":
      session?.predict(message.pixels);
      break;
    case "sample":
      send({ type: "sample", pixels: sample(message.digit), digit: message.digit });
      break;
    default:
      session?.[message.type]();
  }
}

// What comes before the digits are there waits for them.
const ready = loadDigits().then((digits) => {
  send({ type: "ready", engine: engine(), threads: threads(), isolated: scope.crossOriginIsolated === true });
  return { digits, sample: samples(digits.test) };
});
scope.onmessage = ({ data }) => {
  ready.then(({ digits, sample }) => answer(data, digits, sample)).catch(fail);
};
