import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { foldBatchNorm } from "../fold-batch-norm.js";
import type { AnyModel } from "../layer-spec.js";
import { activationsModel, inputs, outputsOf, trainedModel } from "../test-models.js";
import { writeOnnx } from "./write.js";

/**
 * onnxruntime-node has hundreds of megabytes, so it is no dependency; `models.test.ts` holds what ONNX Runtime computed.
 * To run it: npm install --prefix FOLDER onnxruntime-node, then HANDGRAD_ONNXRUNTIME=FOLDER pnpm unit onnxruntime.
 */
const folder = process.env.HANDGRAD_ONNXRUNTIME;

interface OnnxRuntime {
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(
      file: Uint8Array,
    ): Promise<{ run(feeds: object): Promise<Readonly<Record<string, { readonly data: Float32Array }>>> }>;
  };
}

describe.skipIf(folder === undefined)("onnxruntime-node gives the same outputs", () => {
  const models: readonly [string, () => AnyModel][] = [
    ["a trained model", trainedModel],
    ["a folded model", () => foldBatchNorm(trainedModel())],
    ["every activation", activationsModel],
  ];
  it.each(models)("%s, for any number of rows", async (_, make) => {
    const require = createRequire(join(folder ?? "", "package.json"));
    const { InferenceSession, Tensor }: OnnxRuntime = require("onnxruntime-node");
    const session = await InferenceSession.create(writeOnnx(make()));
    for (const rows of [1, 2, 17]) {
      const x = inputs(rows, 5);
      const { output } = await session.run({ input: new Tensor("float32", x.data, x.shape) });
      const ours = outputsOf(make(), x);
      // float32 in another order of sums.
      expect([...output.data]).toBeAllClose([...ours.data], { rtol: 1e-5, atol: 1e-5 });
    }
  });
});
