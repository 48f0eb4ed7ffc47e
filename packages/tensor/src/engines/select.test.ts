import { afterEach, expect, it, vi } from "vitest";
import { type EngineName, engine, kernels, useEngine } from "./select.js";

const asked = process.env.HANDGRAD_ENGINE as EngineName | undefined;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.resetModules();
  useEngine(asked ?? "wasm");
});

/** The modules as a program finds them that has just started. */
const fresh = () => import("./select.js");

it("these tests run on the engine that they were asked to run on", () => {
  expect(engine()).toBe(asked ?? "wasm");
  expect(kernels().name).toBe(engine());
});

it("useEngine takes another engine, for the next call on", () => {
  useEngine("scalar");
  expect(engine()).toBe("scalar");
  useEngine("wasm");
  expect(engine()).toBe("wasm");
});

it("by default it is WebAssembly where there is SIMD, and scalar elsewhere", async () => {
  vi.stubEnv("HANDGRAD_ENGINE", "");
  expect((await fresh()).engine()).toBe("wasm");
  for (const runtime of [
    undefined,
    { validate: () => false },
    {
      validate: () => true,
      Module: class {
        constructor() {
          throw new RangeError("WebAssembly.Compile is disallowed on the main thread");
        }
      },
    },
  ]) {
    vi.resetModules();
    vi.stubGlobal("WebAssembly", runtime);
    const select = await fresh();
    expect(select.engine()).toBe("scalar");
    expect(() => select.useEngine("wasm")).toThrow(
      "useEngine: name: this runtime has no WebAssembly SIMD, which the engine wasm needs",
    );
    expect(select.engine()).toBe("scalar");
  }
});

it("HANDGRAD_ENGINE decides, and is refused where there is no such engine or it can't run", async () => {
  vi.stubEnv("HANDGRAD_ENGINE", "scalar");
  expect((await fresh()).engine()).toBe("scalar");

  vi.resetModules();
  vi.stubEnv("HANDGRAD_ENGINE", "gpu");
  const { engine: unknown } = await fresh();
  expect(() => unknown()).toThrow("HANDGRAD_ENGINE must be one of scalar, wasm, got gpu");
  expect(() => useEngine("toString" as EngineName)).toThrow(
    "useEngine: name must be one of scalar, wasm, got toString",
  );

  vi.resetModules();
  vi.stubEnv("HANDGRAD_ENGINE", "wasm");
  vi.stubGlobal("WebAssembly", undefined);
  const { engine: impossible } = await fresh();
  expect(() => impossible()).toThrow(
    "HANDGRAD_ENGINE: this runtime has no WebAssembly SIMD, which the engine wasm needs",
  );
});

it("needs no `process`", async () => {
  vi.stubGlobal("process", undefined);
  expect((await fresh()).engine()).toBe("wasm");
});
