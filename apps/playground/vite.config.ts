import { defaultClientConditions, defineConfig } from "vite";
import { packedDigits, themeColors } from "./src/build/plugins.js";

const conditions = ["@handgrad/source", ...defaultClientConditions];

/** With these a page may share memory between threads; without them it works on one. */
const headers = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  // So that the page works in any folder of a host.
  base: "./",
  resolve: { conditions },
  worker: {
    format: "es",
    rolldownOptions: { output: { entryFileNames: "assets/worker-[hash].js" } },
  },
  build: { target: "es2022", chunkSizeWarningLimit: 300 },
  server: { headers },
  preview: { headers },
  plugins: [packedDigits(), themeColors()],
});
