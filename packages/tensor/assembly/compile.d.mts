type Entry = "index.ts" | "relaxed.ts";
export declare function hasCompiler(): boolean;
export declare function compile(
  entry?: Entry,
  edit?: (source: string, file: string) => string,
): Promise<Uint8Array>;
export declare function embed(bytes: Uint8Array, entry?: Entry): string;
