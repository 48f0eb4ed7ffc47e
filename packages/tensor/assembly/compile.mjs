import { readFileSync } from "node:fs";

const FLAGS = [
  "--enable",
  "simd",
  "--enable",
  "threads",
  "--importMemory",
  "--noExportMemory",
  "--sharedMemory",
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

/** The modules by their entries. Both work in one memory: each has a place of its own for its constants. */
const OWN_FLAGS = {
  "index.ts": ["--memoryBase", "65536"],
  "relaxed.ts": ["--memoryBase", "98304", "--enable", "relaxed-simd"],
};

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));

/** Whether the compiler is there, in the version that `compiler/` pins: `install-compiler.mjs` fetches it. */
export function hasCompiler() {
  try {
    const { version } = read("compiler/node_modules/assemblyscript/package.json");
    return version === read("compiler/package.json").dependencies.assemblyscript;
  } catch {
    return false;
  }
}

/** The bytes of the module with this entry. `edit` may change the sources on their way to the compiler. */
export async function compile(entry = "index.ts", edit = (source) => source) {
  const { href } = new URL("compiler/node_modules/assemblyscript/dist/asc.js", import.meta.url);
  const { default: asc } = await import(href);
  let bytes;
  const { error, stderr } = await asc.main([entry, ...OWN_FLAGS[entry], ...FLAGS], {
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

/**
 * The TypeScript module that carries the bytes. In hexadecimal they are a third larger than in base64, but a web server
 * that compresses sends a third less: base64 hides from gzip where a byte begins.
 */
export const embed = (bytes, entry = "index.ts") =>
  `/** What \`assembly/${entry}\` compiles to, in hexadecimal. Written by \`pnpm --filter @handgrad/tensor wasm\`. */
export const binary =
  "${Buffer.from(bytes).toString("hex")}";
`;
