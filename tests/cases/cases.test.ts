import type { FloatDType } from "@handgrad/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { activationReplayers } from "./activations.js";
import { batchNormReplayers } from "./batch-norm.js";
import {
  CASES_VARIABLE,
  type Case,
  compareWithExpected,
  NotApplicable,
  type Replayer,
  readCases,
} from "./case.js";
import { denseReplayers } from "./dense.js";
import { lossReplayers } from "./losses.js";
import { type OnnxCase, replayOnnx } from "./onnx.js";
import { optimizerReplayers } from "./optimizers.js";
import { trainReplayers } from "./train.js";

/** Of every operation in `tfjs.json` and `others.json`. A new layer or optimiser joins in its family's file. */
const replayers: Readonly<Record<string, Replayer>> = {
  ...activationReplayers,
  ...batchNormReplayers,
  ...denseReplayers,
  ...lossReplayers,
  ...optimizerReplayers,
  ...trainReplayers,
};

const dtypes: readonly FloatDType[] = ["float64", "float32"];
const folder = process.env[CASES_VARIABLE];

if (!folder) {
  const message = `other projects' cases are not replayed: ${CASES_VARIABLE} names no folder`;
  console.log(message);
  it.skip(message, () => {});
} else {
  describe("other projects' own cases, within their own tolerances, in float64 and float32", () => {
    let replayed = 0;
    const notApplicable = new Map<string, string[]>();

    const test = (name: string, replay: (dtype: FloatDType) => void) => {
      it(name, ({ skip }) => {
        try {
          for (const dtype of dtypes) replay(dtype);
        } catch (error) {
          if (!(error instanceof NotApplicable)) throw error;
          notApplicable.set(error.message, [...(notApplicable.get(error.message) ?? []), name]);
          skip(error.message);
        }
        replayed++;
      });
    };

    for (const file of ["tfjs.json", "others.json"]) {
      for (const known of readCases<Case>(folder, file)) {
        test(known.id, (dtype) => {
          const replayer = replayers[known.op];
          if (!replayer) throw new Error(`unknown operation ${known.op}`);
          compareWithExpected(dtype, replayer(known, dtype), known.expected, known.tolerance);
        });
      }
    }
    for (const known of readCases<OnnxCase>(folder, "onnx.json")) {
      test(`onnx/${known.name}`, (dtype) => {
        for (const { name, actual, expected } of replayOnnx(known, dtype)) {
          compareWithExpected(`${dtype}.${name}`, actual, expected, known.tolerance);
        }
      });
    }

    it("most of them apply", () => {
      expect(replayed).toBeGreaterThan(200);
    });

    afterAll(() => {
      const lines = [...notApplicable].map(
        ([reason, names]) => `  ${reason} (${names.length}): ${names.join(", ")}`,
      );
      const count = [...notApplicable.values()].flat().length;
      console.log(`${replayed} cases were replayed, ${count} do not apply:\n${lines.sort().join("\n")}`);
    });
  });
}
