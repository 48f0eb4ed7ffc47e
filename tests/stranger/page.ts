import { report } from "./train";

const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
const fromWorker = new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
});

Object.assign(window, { reports: Promise.all([report, fromWorker]) });
