import { type AnyModel, dtypeOf, type LayerSpec, specsOf } from "./layer-spec.js";

const BIASED = `
class BiasedBatchNorm1d(nn.BatchNorm1d):
    """Batch norm whose running variance divides by N, as handgrad's and Keras' does; PyTorch's divides by N - 1."""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        with torch.no_grad():
            self.num_batches_tracked += 1
            m = self.momentum if self.momentum is not None else 1 / float(self.num_batches_tracked)
            self.running_mean.lerp_(x.mean(0), m)
            self.running_var.lerp_(x.var(0, unbiased=False), m)
        return nn.functional.batch_norm(x, None, None, self.weight, self.bias, True, 0.0, self.eps)

`;

/**
 * Python source with `class Model(nn.Sequential)`: the same layers for PyTorch, whose state dict is what
 * {@link toPyTorch} gives. It needs torch alone.
 *
 * @throws Error for a layer that is not of `@handgrad/layers`.
 */
export function exportPyTorchModule(model: AnyModel): string {
  const specs = specsOf(model, "exportPyTorchModule");
  const isBiased = specs.some((spec) => spec.layer === "BatchNorm" && spec.varianceCorrection === "biased");
  const layers = specs.map((spec) => `            ${source(spec)},\n`).join("");
  return `"""The layers of a handgrad model; its weights come from a file."""

import torch
from torch import nn

${isBiased ? `${BIASED}\n` : "\n"}class Model(nn.Sequential):
    def __init__(self):
        super().__init__(
${layers}        )
        self.to(torch.${dtypeOf(model)})
`;
}

function source(spec: LayerSpec): string {
  switch (spec.layer) {
    case "Dense":
      return `nn.Linear(${spec.inFeatures}, ${spec.outFeatures}${spec.bias ? "" : ", bias=False"})`;
    case "BatchNorm": {
      const name = spec.varianceCorrection === "biased" ? "BiasedBatchNorm1d" : "nn.BatchNorm1d";
      const momentum = spec.decay === "cumulative" ? "None" : `1 - ${spec.decay}`;
      return `${name}(${spec.features}, eps=${spec.epsilon}, momentum=${momentum})`;
    }
    case "LayerNorm":
      return `nn.LayerNorm(${spec.features}, eps=${spec.epsilon})`;
    case "Dropout":
      return `nn.Dropout(${spec.p})`;
    case "LeakyReLU":
      return `nn.LeakyReLU(${spec.negativeSlope})`;
    case "GELU":
      return `nn.GELU(approximate="${spec.approximate}")`;
    case "Softmax":
    case "LogSoftmax":
      return `nn.${spec.layer}(dim=-1)`;
    default:
      return `nn.${spec.layer}()`;
  }
}
