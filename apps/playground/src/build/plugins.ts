import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createServer, type Plugin } from "vite";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** Where the digits lie, packed; `src/digits/load.ts` asks for the files by this path. */
const folder = here("../../.digits/");

/** The workspace's sources, run by Vite as the tests run them: nothing has to be built before. */
async function source<Module>(path: string): Promise<Module> {
  const conditions = ["@handgrad/source"];
  const server = await createServer({
    configFile: false,
    logLevel: "error",
    server: { middlewareMode: true, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    ssr: { resolve: { conditions } },
  });
  try {
    return (await server.ssrLoadModule(here(path))) as Module;
  } finally {
    await server.close();
  }
}

/** Packs the digits, once. */
export const packedDigits = (): Plugin => ({
  name: "packed-digits",
  async buildStart() {
    if (existsSync(`${folder}labels.bin`)) return;
    const { packDigits } = await source<typeof import("../digits/pack.js")>("../digits/pack.ts");
    const { images, labels } = packDigits();
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}images.bin`, images);
    writeFileSync(`${folder}labels.bin`, labels);
  },
});

/** Puts the colours that the reports have into the page, where they are there at the first paint. */
export const themeColors = (): Plugin => ({
  name: "theme-colors",
  async transformIndexHtml() {
    const { themeStyles } = await source<typeof import("./theme-styles.js")>("./theme-styles.ts");
    return [{ tag: "style", children: themeStyles, injectTo: "head-prepend" }];
  },
});
