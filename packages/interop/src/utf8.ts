const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export const encodeUtf8 = (text: string): Uint8Array => encoder.encode(text);

/** Whether every surrogate has its other half: only then UTF-8 can hold the text. */
export const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

/** The text of bytes `start` to `end` (exclusive), or the offset of the first byte that is no UTF-8. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | { badByte: number } {
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return { badByte: firstBadByte(bytes, start, end) };
  }
}

/** Where the shortest beginning that is no UTF-8 has its last character. */
function firstBadByte(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const length = characterLength(bytes[at]);
    if (length === 0 || at + length > end) return at;
    try {
      decoder.decode(bytes.subarray(at, at + length));
    } catch {
      return at;
    }
    at += length;
  }
  return at;
}

function characterLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc0) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf8 ? 4 : 0;
}
