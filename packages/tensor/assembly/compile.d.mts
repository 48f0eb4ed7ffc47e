export declare function hasCompiler(): boolean;
export declare function compile(edit?: (source: string, file: string) => string): Promise<Uint8Array>;
export declare function embed(bytes: Uint8Array): string;
