import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";

const FLAGS = [
  "index.ts",
  "--enable",
  "simd",
  "--enable",
  "threads",
  "--importMemory",
  "--noExportMemory",
  "--sharedMemory",
  "--memoryBase",
  "65536",
  "--initialMemory",
  "2",
  "--maximumMemory",
  "65536",
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--outFile",
  "out.wasm",
];

/** The module's bytes. `edit` may change the sources on their way to the compiler. */
export async function compile(edit = (source) => source) {
  let bytes;
  const { error, stderr } = await asc.main(FLAGS, {
    readFile(name) {
      const file = new URL(name, import.meta.url);
      try {
        return edit(readFileSync(file, "utf8"), name);
      } catch (error) {
        if (error.code === "ENOENT") return null; // the compiler tries several names
        throw error;
      }
    },
    writeFile(_name, contents) {
      bytes = contents;
    },
    listFiles: () => [],
  });
  if (error || !bytes) throw new Error(`asc: ${error?.message ?? "no output"}\n${stderr}`);
  return bytes;
}

/** The TypeScript module that carries the bytes. */
export const embed = (bytes) =>
  `/** The module that \`assembly/\` compiles to, in base64. Written by \`pnpm --filter @handgrad/tensor wasm\`. */
export const binary =
  "${Buffer.from(bytes).toString("base64")}";
`;
