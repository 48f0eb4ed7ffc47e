import type { Convention } from "./diagnosis.js";
import type { Declaration } from "./implementation.js";

interface Library extends Declaration {
  readonly name: string;
}

/** Defaults as the libraries document them, with decay as the weight of the old value. */
const LIBRARIES: readonly Library[] = [
  { name: "PyTorch", epsilon: 1e-5, decay: 0.9, runningVariance: "unbiased" },
  { name: "Keras", epsilon: 1e-3, decay: 0.99, runningVariance: "biased" },
  { name: "TensorFlow.js", epsilon: 1e-3, decay: 0.99, runningVariance: "biased" },
  { name: "TensorFlow's fused operation", epsilon: 1e-4, decay: 0, runningVariance: "unbiased" },
  { name: "TensorFlow 1's wrapper of it", epsilon: 1e-3, decay: 0, runningVariance: "unbiased" },
  { name: "Flax", epsilon: 1e-5, decay: 0.99, runningVariance: "biased" },
  { name: "ONNX", epsilon: 1e-5, decay: 0.9, runningVariance: "biased" },
  { name: "handgrad", epsilon: 1e-5, decay: 0.9, runningVariance: "biased" },
];

/** Puts what was found into a sentence, and beside the libraries' defaults. */
export function describeConvention(found: Omit<Convention, "meaning" | "sameAs">): Convention {
  const { epsilon, decay, runningVariance } = found;
  const sameAs = LIBRARIES.filter(
    (library) =>
      library.epsilon === epsilon && library.decay === decay && library.runningVariance === runningVariance,
  ).map(({ name }) => name);
  const parts = [
    epsilon === null ? "ε unknown" : `ε = ${epsilonText(epsilon)}`,
    updateText(decay),
    runningVariance === null
      ? "running variance unknown"
      : runningVariance === "biased"
        ? "running variance divided by N"
        : "running variance divided by N − 1, as PyTorch's and TensorFlow's fused operation's",
  ];
  const whose = sameAs.length > 0 ? `: the defaults of ${sameAs.join(", ")}` : "";
  return { ...found, meaning: `${parts.join("; ")}${whose}.`, sameAs };
}

/** As people write it: 0.001, 1e-5. */
function epsilonText(epsilon: number): string {
  const short = Number(epsilon.toPrecision(6));
  return short === 0 || short >= 1e-3 ? String(short) : short.toExponential();
}

function updateText(decay: Convention["decay"]): string {
  if (decay === null) return "update unknown";
  if (decay === "varying") return "pop = d·pop + (1 − d)·batch with another d from pass to pass";
  if (decay === "cumulative") return "pop = plain average of all batches (PyTorch's momentum=None)";
  const keep = Number(decay.toPrecision(6));
  const take = Number((1 - decay).toPrecision(6));
  return `pop = ${keep}·pop + ${take}·batch (PyTorch's momentum ${take}, Keras's ${keep})`;
}
