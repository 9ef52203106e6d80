/** Which pairs of bytes are characters; undefined: single bytes are. */
export type Utf16 = "utf16le" | "utf16be" | undefined;

/** How many bytes of the beginning are looked at. */
export const SAMPLE = 8000;

/** Bytes that have a zero among them where UTF-16 begins with a word or a number. */
const AT_ONCE = 16;

/** For each zero on the wrong side so many are on the right one. */
const FEW = 8;

/**
 * Tells UTF-16 from a beginning, for the numbers of lines alone: values are found either way. Text of mainly Latin letters
 * has a zero in many of its pairs, and nearly always on the same side: an emoji may have one on the other.
 */
export function utf16Of(beginning: Uint8Array): Utf16 {
  const sample = beginning.subarray(0, SAMPLE);
  if (startsWith(sample, 0xff, 0xfe) && !startsWith(sample, 0xff, 0xfe, 0, 0)) return "utf16le";
  if (startsWith(sample, 0xfe, 0xff)) return "utf16be";
  // UTF-8 that UTF-16 was appended to, as PowerShell's >> does, begins without a zero.
  if (!sample.subarray(0, AT_ONCE).includes(0)) return undefined;
  const zeros = [0, 0] as [even: number, odd: number];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2 === 0 ? 0 : 1]++;
  const [even, odd] = zeros;
  const many = sample.length / 8;
  if (odd >= many && even * FEW <= odd) return "utf16le";
  if (even >= many && odd * FEW <= even) return "utf16be";
  return undefined;
}

function startsWith(bytes: Uint8Array, ...beginning: number[]): boolean {
  return beginning.every((byte, index) => bytes[index] === byte);
}
