import "uplot/dist/uPlot.min.css";
import type { Verdict } from "@handgrad/bn-doctor";
import { followTheme } from "laboratory/page";
import type { FromWorker, Prediction } from "../messages.js";
import { hashOf, settingsOf } from "../settings/hash.js";
import type { Settings } from "../settings/settings.js";
import { Tour } from "../tour/tour.js";
import { Answers } from "./answers.js";
import { connect } from "./connection.js";
import { find } from "./dom.js";
import { engineText } from "./engine-text.js";
import { SettingsForm } from "./form.js";
import { Losses } from "./losses.js";
import { showNotice } from "./notice.js";
import { Paper } from "./paper.js";
import { Pictures } from "./pictures.js";
import { VerdictView } from "./verdict-view.js";

/** Up to this width, in pixels, tour and settings stand above all else, folded. */
const NARROW = 900;

// What nobody foresaw is told, too.
addEventListener("error", ({ error }) => {
  if (error instanceof Error) showNotice([`This page broke: ${error.message}. Reload it to try again.`]);
});

const start = find<HTMLButtonElement>("#start");
const step = find<HTMLButtonElement>("#step");
const reset = find<HTMLButtonElement>("#reset");
const share = find<HTMLButtonElement>("#share");
const status = find("#status");

const asked = settingsOf(location.hash);
let settings = asked.settings;
/** Counts the choices of settings: what comes from an earlier one is out of date. */
let run = 0;
let isReady = false;
let isRunning = false;
let stepsDone = 0;
let drawn: Float32Array | undefined;
let prediction: Prediction | undefined;
let verdict: Verdict | undefined;

const losses = new Losses();
const pictures = new Pictures();
const answers = new Answers();
const verdictView = new VerdictView();
const connection = connect(onMessage, (message) => fail([message]));
const form = new SettingsForm(settings, (changed) => begin(changed, { goOn: isRunning }));
const tour = new Tour((wanted) => begin(wanted, { goOn: true }));
const paper = new Paper(
  (pixels) => {
    drawn = pixels;
    connection.send({ type: "predict", pixels });
  },
  () => {
    drawn = undefined;
    prediction = undefined;
    answers.clear();
  },
  (digit) => connection.send({ type: "sample", digit }),
);

followTheme(find(".theme"), () => {
  losses.redraw();
  pictures.redraw();
});
start.addEventListener("click", () => connection.send({ type: isRunning ? "pause" : "start" }));
step.addEventListener("click", () => connection.send({ type: "step" }));
reset.addEventListener("click", () => begin(settings, { goOn: false }));
share.addEventListener("click", copyLink);
addEventListener("hashchange", () => {
  if (location.hash === hashOf(settings)) return;
  const asked = settingsOf(location.hash);
  begin(asked.settings, { goOn: false });
  showNotice(asked.problems);
});

for (const fold of document.querySelectorAll<HTMLDetailsElement>(".fold")) {
  fold.open = innerWidth > NARROW;
}
begin(settings, { goOn: false });
showNotice(asked.problems);

/** New networks. */
function begin(wanted: Settings, { goOn }: { readonly goOn: boolean }): void {
  settings = wanted;
  run++;
  stepsDone = 0;
  verdict = undefined;
  prediction = undefined;
  const hash = hashOf(settings);
  if (location.hash !== hash) history.replaceState(null, "", hash || location.pathname + location.search);
  showNotice([]);
  form.show(settings);
  losses.clear();
  pictures.clear(settings.hidden);
  verdictView.clear(settings);
  document.body.classList.toggle("no-batch-norm", !settings.batchNorm);
  connection.send({ type: "configure", run, settings });
  if (goOn) connection.send({ type: "start" });
  if (drawn) connection.send({ type: "predict", pixels: drawn });
}

function onMessage(message: FromWorker): void {
  if ("run" in message && message.run !== run) return;
  switch (message.type) {
    case "ready":
      isReady = true;
      find("#engine").textContent = engineText(message);
      break;
    case "state":
      isRunning = message.running;
      stepsDone = message.step;
      showState();
      if (drawn && isRunning) connection.send({ type: "predict", pixels: drawn });
      break;
    case "measured":
      losses.add(message.step, message.values);
      break;
    case "picture":
      pictures.show(message.picture);
      break;
    case "verdict":
      verdict = message.verdict;
      verdictView.show(message.step, verdict);
      break;
    case "prediction":
      if (!drawn) break;
      prediction = message.prediction;
      answers.show(prediction);
      break;
    case "sample":
      paper.put(message.pixels);
      break;
    case "broken":
      showNotice([message.message]);
      break;
    case "failed":
      fail([message.message]);
  }
  tour.observe({ settings, step: stepsDone, prediction, verdict });
}

function showState(): void {
  for (const button of [start, step, reset]) button.disabled = !isReady;
  step.disabled = !isReady || isRunning;
  start.textContent = isRunning ? "Pause" : "Start";
  find("#step-count").textContent = stepsDone.toLocaleString("en-US");
  const text = isRunning ? "Training" : stepsDone === 0 ? "Ready" : "Paused";
  // A screen reader speaks what changes.
  if (status.textContent !== text) status.textContent = text;
}

/** Tells what went wrong. What is on the page stays. */
function fail(messages: readonly string[]): void {
  showNotice(messages);
  start.disabled = true;
  step.disabled = true;
  status.textContent = isReady ? "Stopped" : "Could not start";
}

async function copyLink(): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    share.textContent = "Copied";
  } catch {
    share.textContent = "Copy the address above";
  }
  setTimeout(() => {
    share.textContent = "Copy link";
  }, 2000);
}
