import { Command, Option } from "commander";
import { parseArguments } from "terminal";
import { exportFormats, exportModel } from "./export.js";
import { predict } from "./predict.js";

/**
 * Runs a command on a saved model, and returns what is to be printed.
 * @throws BadInput with one line that says what was expected and what came.
 */
export function runSavedModel(args: readonly string[]): string {
  let printed = "";
  const parser = new Command("mnist-train");
  parser
    .command("export")
    .description("Writes a model that was saved with --save in another format.")
    .argument("<model>", "file that --save wrote")
    .addOption(
      new Option(
        "--format <name>",
        "onnx; safetensors, by PyTorch's names; or pytorch, a module and its weights for torch and NumPy alone",
      )
        .choices(exportFormats)
        .makeOptionMandatory(),
    )
    .option("--out <folder>", "for the files", ".")
    .helpOption("-h, --help", "show this")
    .action((model: string, { format, out }) => {
      printed = exportModel({ model, format, out });
    });
  parser
    .command("predict")
    .description("Tells which digit a picture shows, light on dark or dark on light, of any size.")
    .argument("<image>", "PNG of one digit")
    .requiredOption("--model <file>", "that --save wrote")
    .option("--json", "print JSON")
    .helpOption("-h, --help", "show this")
    .action((image: string, { model, json = false }) => {
      printed = predict({ image, model, json });
    });
  return parseArguments(parser, args) ?? printed;
}
