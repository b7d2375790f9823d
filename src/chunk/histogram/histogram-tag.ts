/**
 * The value that stands for a histogram among float samples: a quiet NaN whose upper 16 bits say
 * so and whose other 48 are those of the hash of the item's canonical bytes. A sample with such a
 * value is a histogram only if an item with that hash is kept beside it: senders of floats may
 * choose any NaN.
 */
import { xxh64Into } from "#base/hash/xxh64.ts";

/** Upper 16 bits of the value. */
const TAG = 0xfffb;

const hash = new Uint32Array(2);

/** Writes the value of the item `bytes[start, end)` into sample `index` of `words`. */
export function writeHistogramTagAt(
  words: Uint32Array,
  index: number,
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): void {
  xxh64Into(hash, 0, bytes, 0, 0, start, end);
  words[2 * index] = hash[0]!;
  words[2 * index + 1] = ((TAG << 16) | (hash[1]! & 0xffff)) >>> 0;
}

/** True when sample `index` of `words` (a Uint32 view of values) may be a histogram. */
export function hasHistogramTagAt(words: Uint32Array, index: number): boolean {
  return words[2 * index + 1]! >>> 16 === TAG;
}

/** True when sample `index` of `words` is the value of the item `bytes[start, end)`. */
export function isHistogramTagOf(
  words: Uint32Array,
  index: number,
  bytes: Uint8Array,
  start: number = 0,
  end: number = bytes.length,
): boolean {
  if (!hasHistogramTagAt(words, index)) return false;
  xxh64Into(hash, 0, bytes, 0, 0, start, end);
  return hash[0] === words[2 * index] && (hash[1]! & 0xffff) === (words[2 * index + 1]! & 0xffff);
}
