/** wrong: never healthy. fragile: reported, healthy unless strict. convention: wrong only against a declaration. */
export type Grade = "wrong" | "fragile" | "convention";

/** What is known of one fault. */
export interface CatalogueEntry {
  readonly grade: Grade;
  /** One sentence: what the layer does wrong. */
  readonly summary: string;
  /** What it looks like from outside. */
  readonly symptom: string;
  /** One sentence with the formula. */
  readonly repair: string;
}

const UPDATE =
  "after each training pass popMean = decay·popMean + (1 − decay)·μ and popVar = decay·popVar + (1 − decay)·σ²";
const TRAIN_DX = "dx = γ·r·(dy − mean(dy) − x̂·mean(dy·x̂)) with r = 1/√(σ² + ε)";

/** Every fault that the doctor can name. Each was met in real projects. */
export const catalogue = {
  "stats-never-updated": {
    grade: "wrong",
    summary: "Training never updates the running mean or variance.",
    symptom: "The loss on the training data is far higher in eval mode than in training mode.",
    repair: `Update the running pair: ${UPDATE}.`,
  },
  "decay-inverted": {
    grade: "convention",
    summary: "decay and 1 − decay are swapped in the running pair's update.",
    symptom: "Eval results jump with every batch; curves hardly show it.",
    repair:
      "Let decay weigh the old value, pop = decay·pop + (1 − decay)·batch (PyTorch's momentum is 1 − decay).",
  },
  "decay-not-as-declared": {
    grade: "convention",
    summary: "The running pair moves with another decay than declared.",
    symptom: "Eval results settle sooner or later than they should.",
    repair: "Use the declared decay in pop = decay·pop + (1 − decay)·batch.",
  },
  "stats-hold-deviation": {
    grade: "wrong",
    summary: "The running variance averages the standard deviation σ where σ² belongs.",
    symptom: "Eval mode is worse than training mode on the same data, and stays so.",
    repair:
      "Average the variance, popVar = decay·popVar + (1 − decay)·σ², and take the root in eval: r = 1/√(popVar + ε).",
  },
  "stats-average-inverse-deviation": {
    grade: "wrong",
    summary: "The running variance averages 1/σ instead of σ².",
    symptom: "Eval mode is slightly off wherever batches differ in their variance.",
    repair:
      "Average the variance, popVar = decay·popVar + (1 − decay)·σ², and invert in eval: r = 1/√(popVar + ε).",
  },
  "stats-bessel-mismatch": {
    grade: "convention",
    summary: "The running variance is divided by N where N − 1 is declared, or the other way round.",
    symptom: "Eval differs from the library that was copied, the more the smaller the batches are.",
    repair:
      "Average the declared variance: σ² = Σ(x − μ)²/N if biased, σ²·N/(N − 1) if unbiased (PyTorch, TensorFlow's fused kernel).",
  },
  "stats-updated-twice": {
    grade: "convention",
    summary: "The running pair is updated twice in each training step.",
    symptom: "The pair follows the batches as if decay were decay²; no curve shows it.",
    repair: "Update once for each training pass, in the forward pass: pop = decay·pop + (1 − decay)·batch.",
  },
  "stats-updated-in-eval": {
    grade: "wrong",
    summary: "Eval passes move the running pair.",
    symptom: "Answers depend on what was asked before; a batch of one ruins them.",
    repair: "In eval only read popMean and popVar: y = γ·(x − popMean)/√(popVar + ε) + β.",
  },
  "stats-poisoned-by-nan": {
    grade: "fragile",
    summary: "One batch with a NaN puts NaN into the running pair for ever.",
    symptom: "Training goes on, eval is NaN.",
    repair: "Skip the update pop = decay·pop + (1 − decay)·batch where μ or σ² of the batch is not finite.",
  },
  "epsilon-folded-into-stats": {
    grade: "wrong",
    summary: "ε is added to the variance that the running pair averages.",
    symptom: "Eval adds ε twice; shows where σ² is about ε.",
    repair:
      "Keep ε out of the pair: popVar = decay·popVar + (1 − decay)·σ², and r = 1/√(popVar + ε) in eval.",
  },
  "checkpoint-omits-stats": {
    grade: "wrong",
    summary: "Saving and loading loses the running pair.",
    symptom: "Eval collapses after loading.",
    repair:
      "Save popMean and popVar beside γ and β: eval needs all four in y = γ·(x − popMean)/√(popVar + ε) + β.",
  },
  "eval-uses-batch-stats": {
    grade: "wrong",
    summary: "Eval normalises by the batch at hand instead of the running pair.",
    symptom: "A batch of one gives nonsense, and answers depend on what else is in the batch.",
    repair: "In eval use the running pair: y = γ·(x − popMean)/√(popVar + ε) + β.",
  },
  "train-uses-pop-stats": {
    grade: "wrong",
    summary: "Training normalises by the running pair instead of the batch.",
    symptom: "Training is slow or diverges.",
    repair:
      "In training use the batch: y = γ·(x − μ)/√(σ² + ε) + β with μ = mean(x), σ² = mean((x − μ)²) over the rows.",
  },
  "wrong-axis": {
    grade: "wrong",
    summary: "Statistics are taken along each row instead of along each feature.",
    symptom: "Learns, but worse; fails wherever the number of rows matters.",
    repair: "Take μ_c = Σ_n x[n, c]/N and σ²_c over the rows, one pair for each feature c.",
  },
  "unbiased-in-forward": {
    grade: "wrong",
    summary: "The batch is normalised by the variance with N − 1.",
    symptom: "Outputs differ from every library at small batches.",
    repair: "Normalise by the biased variance σ² = Σ(x − μ)²/N; only the running variance may use N − 1.",
  },
  "epsilon-outside-root": {
    grade: "wrong",
    summary: "ε is added after the root: 1/(√σ² + ε).",
    symptom: "Differs where σ² is small.",
    repair: "Add ε under the root: r = 1/√(σ² + ε).",
  },
  "epsilon-missing-in-forward": {
    grade: "wrong",
    summary: "The forward pass has no ε: it divides by zero where a feature is constant.",
    symptom: "NaN or infinity as soon as a feature dies.",
    repair: "Add ε under the root: r = 1/√(σ² + ε).",
  },
  "epsilon-not-as-declared": {
    grade: "convention",
    summary: "ε is another than declared, or differs between training and eval.",
    symptom: "Differs from the library that was copied where σ² is small.",
    repair: "Use the declared ε in both modes: r = 1/√(σ² + ε) and 1/√(popVar + ε).",
  },
  "missing-root": {
    grade: "wrong",
    summary: "x − μ is divided by σ² + ε, without the root.",
    symptom: "Slow first epochs.",
    repair: "Take the root: r = 1/√(σ² + ε).",
  },
  "variance-cancellation": {
    grade: "fragile",
    summary: "The variance is computed as E[x²] − E[x]², which loses all digits far from zero.",
    symptom: "NaN or wild outputs on shifted data.",
    repair: "Centre first: σ² = mean((x − μ)²), in two passes.",
  },
  "mean-rounding": {
    grade: "fragile",
    summary: "The batch mean is rounded before it is subtracted, which shifts y far from zero.",
    symptom: "Outputs off in the fourth digit on shifted data.",
    repair: "Sum in float64 and keep μ so until y = γ·(x − μ)·r + β is formed.",
  },
  "folded-affine-cancellation": {
    grade: "fragile",
    summary: "Eval is folded into x·s + t, which loses digits far from zero.",
    symptom: "Eval outputs off in the fourth digit on shifted data.",
    repair: "Subtract first: y = γ·(x − popMean)·r + β.",
  },
  "batch-of-one-accepted": {
    grade: "fragile",
    summary: "Training accepts a batch of one row, which has no variance.",
    symptom: "Such a batch gives zeros or NaN and teaches nothing.",
    repair: "Refuse N < 2 in training with an error: with N = 1, x − μ = 0 and y = β whatever x is.",
  },
  "affine-ignored": {
    grade: "wrong",
    summary: "γ or β is not applied.",
    symptom: "Slightly worse training; γ and β have no effect.",
    repair: "Apply both: y = γ·x̂ + β.",
  },
  "gradient-ignores-statistics": {
    grade: "wrong",
    summary: "The training gradient takes μ and σ² for constants, as eval rightly does.",
    symptom: "Training diverges or stays behind the network without batch norm.",
    repair: `In training differentiate through both: ${TRAIN_DX}.`,
  },
  "gradient-ignores-mean": {
    grade: "wrong",
    summary: "The training gradient lacks the term of the mean.",
    symptom: "Training stays behind the network without batch norm; Σ dx over the batch is not 0.",
    repair: `Subtract mean(dy): ${TRAIN_DX}.`,
  },
  "gradient-ignores-variance": {
    grade: "wrong",
    summary: "The training gradient lacks the term of the variance.",
    symptom: "Hardly visible in curves.",
    repair: `Subtract x̂·mean(dy·x̂): ${TRAIN_DX}.`,
  },
  "train-formula-in-eval": {
    grade: "wrong",
    summary: "The eval gradient still runs through mean and variance, which are constants there.",
    symptom: "Gradients differ from TensorFlow's in testing, while dγ and dβ agree.",
    repair: "In eval dx = dy·γ/√(popVar + ε).",
  },
  "gamma-missing-in-dx": {
    grade: "wrong",
    summary: "dx is not scaled by γ.",
    symptom: "None while γ is near 1.",
    repair: `Scale by γ once: ${TRAIN_DX}; in eval dx = γ·r·dy.`,
  },
  "gamma-squared-in-dx": {
    grade: "wrong",
    summary: "dx is scaled by γ twice.",
    symptom: "None while γ is near 1.",
    repair: `Scale by γ once: ${TRAIN_DX}; in eval dx = γ·r·dy.`,
  },
  "sum-for-mean": {
    grade: "wrong",
    summary: "The training gradient has sums where the means belong: N is missing.",
    symptom: "Training is stuck; gradients grow with the batch.",
    repair: `Divide both sums by N: ${TRAIN_DX}.`,
  },
  "epsilon-missing-in-backward": {
    grade: "wrong",
    summary: "The backward pass computes r without ε.",
    symptom: "Gradients explode where σ² is about ε or less.",
    repair: "Use the forward pass's r = 1/√(σ² + ε) in the backward pass, too.",
  },
  "bessel-in-backward": {
    grade: "wrong",
    summary: "The backward pass uses N − 1 where the forward pass has N.",
    symptom: "Gradients off by a few per cent at small batches.",
    repair: `Use the biased variance throughout: ${TRAIN_DX}, σ² = Σ(x − μ)²/N.`,
  },
  "dgamma-from-x": {
    grade: "wrong",
    summary: "dγ is formed with x instead of x̂.",
    symptom: "Slow training on data away from zero.",
    repair: "Use the normalised input: dγ = Σ dy·x̂.",
  },
  "affine-gradient-averaged": {
    grade: "wrong",
    summary: "dγ or dβ is divided by N.",
    symptom: "γ and β learn N times too slowly.",
    repair: "Sum over the batch: dγ = Σ dy·x̂, dβ = Σ dy.",
  },
  "gradient-overwritten": {
    grade: "wrong",
    summary: "A second backward pass replaces dγ and dβ where it should add.",
    symptom: "Gradient accumulation uses the last batch alone.",
    repair: "Add: dγ += Σ dy·x̂, dβ += Σ dy.",
  },
  "affine-never-trained": {
    grade: "wrong",
    summary: "γ or β is not among the parameters that an optimiser gets.",
    symptom: "γ stays 1 and β stays 0.",
    repair:
      "List γ and β among the parameters, so that a step γ −= learningRate·dγ, β −= learningRate·dβ reaches them.",
  },
} as const satisfies Record<string, CatalogueEntry>;

/** The id of a fault in the {@link catalogue}. */
export type FaultId = keyof typeof catalogue;

/** The {@link catalogue} as a table in which every entry looks the same. */
export const entries: Readonly<Record<FaultId, CatalogueEntry>> = catalogue;
