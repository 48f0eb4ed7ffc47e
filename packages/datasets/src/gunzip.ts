/**
 * Unpacks a gzip file by the platform's own `DecompressionStream`, which browsers and Node have.
 * @param name of the file, for messages.
 * @throws RangeError for bytes that are no gzip file, or damaged or cut off.
 */
export async function gunzip(bytes: Uint8Array, name = "gunzip: the file"): Promise<Uint8Array> {
  try {
    const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    const unpacked = packed.pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  } catch (error) {
    // Node's streams say what is wrong in the cause.
    const { message } = ((error as Error).cause ?? error) as Error;
    throw new RangeError(`${name} must be a gzip file, whole and undamaged (${message})`);
  }
}
