/**
 * Characters in a row that may belong to a value, in bytes of UTF-8 and the like, UTF-16 and UTF-32: where each character
 * is one byte with no, one or three zeros to the next.
 */
import { Buffer } from "node:buffer";
import { PREFIXES, VALUE_LENGTH } from "./syntax";
import { CHARACTERS } from "./valuesIn";

/** Bytes from one character to the next: UTF-8 and the like, UTF-16, UTF-32. */
export type Stride = 1 | 2 | 4;

export interface Run {
  readonly from: number;
  /** In characters. */
  readonly length: number;
  readonly stride: Stride;
}

/** Which bytes may belong to a value. */
const OF_A_VALUE = Uint8Array.from({ length: 256 }, (_, byte) => Number(CHARACTERS.test(String.fromCharCode(byte))));

/** What is left of a value when its prefix is broken off before the last character. */
const SHORTEST_RUN = VALUE_LENGTH - (PREFIXES[0].length - 1) - 1;

/** Stands for what is not one byte in UTF-16 and UTF-32. No byte of UTF-8. */
export const NO_CHARACTER = 0xff;

/** The runs that are long enough. */
export function runs(bytes: Uint8Array, from: number, to: number, stride: Stride): Run[] {
  const found: Run[] = [];
  // Local: what is imported is looked up each time, and this is the innermost loop.
  const ofAValue = OF_A_VALUE;
  const rest = (SHORTEST_RUN - 1) * stride;
  for (let phase = from; phase < from + stride; phase++) {
    let start = phase;
    while (start + rest < to) {
      let last = start + rest;
      // Most often one of the last few cannot belong to a value. To ask which one takes longer than to look at some again.
      if (someIsNone(ofAValue, bytes, last, stride)) {
        start = last - (FEW - 2) * stride;
        continue;
      }
      while (last >= start && ofAValue[bytes[last] as number] === 1) {
        last -= stride;
        // A gap that is none belongs to what stands before it.
        if (stride > 1 && last >= start && !isGap(bytes, last + 1, stride - 1)) break;
      }
      if (last >= start) {
        start = last + stride;
        continue;
      }
      let end = start + rest + stride;
      while (end < to && ofAValue[bytes[end] as number] === 1 && isGap(bytes, end - stride + 1, stride - 1))
        end += stride;
      found.push({ from: start, length: (end - start) / stride, stride });
      start = end;
    }
  }
  return found;
}

const FEW = 8;

/** Whether one of a few characters, back from a place, cannot belong to a value: without a branch for each. */
function someIsNone(ofAValue: Uint8Array, bytes: Uint8Array, last: number, stride: Stride): boolean {
  const half =
    (ofAValue[bytes[last] as number] as number) &
    (ofAValue[bytes[last - stride] as number] as number) &
    (ofAValue[bytes[last - 2 * stride] as number] as number) &
    (ofAValue[bytes[last - 3 * stride] as number] as number);
  const otherHalf =
    (ofAValue[bytes[last - 4 * stride] as number] as number) &
    (ofAValue[bytes[last - 5 * stride] as number] as number) &
    (ofAValue[bytes[last - 6 * stride] as number] as number) &
    (ofAValue[bytes[last - 7 * stride] as number] as number);
  return (half & otherHalf) === 0;
}

/** The characters between two places as one byte each. */
export function textBetween(bytes: Buffer, from: number, to: number, stride: Stride): string {
  if (stride === 1) return bytes.toString("latin1", from, to);
  const narrow = Buffer.alloc(Math.ceil((to - from) / stride));
  for (let at = from, index = 0; at < to; at += stride, index++) {
    const alone = isGap(bytes, at + 1, stride - 1) || isGap(bytes, at - stride + 1, stride - 1);
    narrow[index] = alone ? (bytes[at] as number) : NO_CHARACTER;
  }
  return narrow.toString("latin1");
}

/**
 * Where a text stands, in order. It is looked for backwards: Node then goes from each of its last characters to the one
 * before, and the _ of a prefix is rarer than its letters.
 */
export function placesOf(text: string, bytes: Buffer, from: number, to: number, stride: Stride): number[] {
  const needle = Buffer.alloc((text.length - 1) * stride + 1);
  for (const [index, byte] of Buffer.from(text).entries()) needle[index * stride] = byte;
  const within = bytes.subarray(from, to);
  const places: number[] = [];
  let place = within.lastIndexOf(needle);
  while (place >= 0) {
    places.push(from + place);
    place = place === 0 ? -1 : within.lastIndexOf(needle, place - 1);
  }
  return places.reverse();
}

/** Whether there are zeros only. */
function isGap(bytes: Uint8Array, from: number, length: number): boolean {
  for (let at = from; at < from + length; at++) if (bytes[at] !== 0) return false;
  return true;
}
