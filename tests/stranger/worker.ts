import { report } from "./train";

report.then((found) => postMessage(found));
