import type { CheckId } from "@handgrad/bn-doctor";

/** What to do where a check failed. */
export const advice: Readonly<Record<CheckId, string>> = {
  finite:
    "Look at the place it names. Where the network without batch norm broke down as well, lower --lr; where it did not, compare the layer's forward pass with the formula.",
  "running-pair-replay":
    "Compare the update with pop = decay·pop + (1 − decay)·batch, once for each training pass, and with the declared decay and variance.",
  "batch-statistics-update":
    "Feed the layer two small batches by hand and compare its pair with pop = decay·pop + (1 − decay)·batch.",
  "train-forward":
    "Compare the training pass with y = γ·(x − μ)/√(σ² + ε) + β, μ and σ² over the rows, σ² divided by N.",
  "train-gradient":
    "Compare with dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)), dγ = Σ dy·x̂, dβ = Σ dy, and check yours numerically with @handgrad/gradcheck.",
  "eval-forward": "In eval use the running pair alone: y = γ·(x − popMean)/√(popVar + ε) + β.",
  "eval-gradient": "After an eval pass mean and variance are constants: dx = dy·γ/√(popVar + ε).",
  "eval-writes-nothing": "Let eval only read: move the pair, and keep gradients, in training passes alone.",
  accumulation: "Add to dγ and dβ in each backward pass, and clear them only where the optimiser does.",
  "save-and-load": "Save γ, β, popMean and popVar, and write all four back.",
  "running-pair-near-data":
    "See the running mean and variance below. A pair that stays where it began is never updated; one that lags needs more steps or a smaller decay.",
  "train-eval-gap":
    "See the gap between the training and the eval loss below: the same digits, the same weights. Eval normalises by other numbers than training, so look at the running pair first.",
  "learns-faster-than-none":
    "See the losses below. A batch norm that slows training down has a wrong gradient or a wrong training output.",
};

/** Where in the report a failed check can be seen; the others are in no curve. */
export const shownIn: Readonly<Partial<Record<CheckId, { readonly href: string; readonly text: string }>>> = {
  finite: { href: "#losses", text: "the loss curves end early" },
  "running-pair-near-data": { href: "#running-pair", text: "the running pair is far from the data's own" },
  "train-eval-gap": { href: "#losses", text: "the shaded gap between training and eval loss" },
  "learns-faster-than-none": { href: "#losses", text: "the loss falls slower than without batch norm" },
};
