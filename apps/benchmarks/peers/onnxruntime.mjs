import { createRequire } from "node:module";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { onnxModel } from "./onnx-model.mjs";
import { floats, readLayers, serve } from "./serve.mjs";

const EPSILON = 1e-5;
const { version } = createRequire(import.meta.url)("onnxruntime-node/package.json");
const threads = Number(process.env.BENCHMARK_THREADS);

serve({
  hello: () => ({ library: `onnxruntime-node ${version}`, threads }),

  async inference(work) {
    const session = await InferenceSession.create(onnxModel(readLayers(work), EPSILON), {
      executionProviders: ["cpu"],
      graphOptimizationLevel: "all",
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
    });
    const rows = floats(work.inputs).slice(0, work.batch * work.widths[0]);
    const x = new Tensor("float32", rows, [work.batch, work.widths[0]]);
    let logits;
    return {
      async run() {
        logits = (await session.run({ x })).logits.data;
      },
      result: () => logits,
      close: () => session.release(),
    };
  },
});
