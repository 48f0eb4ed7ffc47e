/** The part of JavaScript's WebAssembly interface that is used here. TypeScript has it among the browser's types alone. */
interface WebAssemblyNamespace {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly env: { readonly memory: Memory } },
  ) => { readonly exports: object };
  /** Sizes in pages of 64 kB. @throws RangeError where there is no room. */
  readonly Memory: new (limits: {
    readonly initial: number;
    readonly maximum: number;
    readonly shared: boolean;
  }) => Memory;
}

export interface Memory {
  readonly buffer: ArrayBufferLike;
  /** Adds pages. @throws RangeError where there is no room. */
  grow(pages: number): number;
}

/** Undefined in a runtime without WebAssembly. */
export const webAssembly = (): WebAssemblyNamespace | undefined =>
  (globalThis as { readonly WebAssembly?: WebAssemblyNamespace }).WebAssembly;
