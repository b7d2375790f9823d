/** Refs in `[first, end)` that a series has, dropped ones that linger included; ascending. */
import type { Head } from "./head.ts";

const INITIAL_REFS = 1024;

export function liveRefs(head: Head, first: number, end: number): Uint32Array {
  const { kernel } = head.memory;
  let refs = new Uint32Array(INITIAL_REFS);
  let count = 0;
  for (let ref = kernel.firstLive(first) >>> 0; ref < end; ref = kernel.firstLive(ref + 1) >>> 0) {
    if (count === refs.length) {
      const grown = new Uint32Array(2 * count);
      grown.set(refs);
      refs = grown;
    }
    refs[count++] = ref;
  }
  return refs.subarray(0, count);
}
