/**
 * Reads a list of refs out of the kernel's blocks: varints of distances, from -1 on, block sizes
 * doubling (see `head-layout.ts`). Lists ascend, unless a damaged series log made series come back
 * in another order; then they are sorted here.
 */
import { assert } from "#base/assert.ts";
import {
  REF_BLOCK_BYTES_FIRST,
  REF_BLOCK_BYTES_MAX,
  REF_BLOCK_HEADER_BYTES,
} from "#kernels/layout/head-layout.ts";

/** `block` is the address of the first block, `end` that behind the last distance. */
export function decodeRefs(
  u8: Uint8Array,
  u32: Uint32Array,
  count: number,
  block: number,
  end: number,
): Uint32Array {
  const refs = new Uint32Array(count);
  let bytes = REF_BLOCK_BYTES_FIRST;
  let ref = -1;
  let isAscending = true;
  let at = block + REF_BLOCK_HEADER_BYTES;
  let blockEnd = block + bytes;
  for (let i = 0; i < count; i++) {
    // A block ends before its end where the next distance did not fit.
    if (at === blockEnd || u8[at] === 0) {
      block = u32[block >>> 2]!;
      bytes = Math.min(2 * bytes, REF_BLOCK_BYTES_MAX);
      at = block + REF_BLOCK_HEADER_BYTES;
      blockEnd = block + bytes;
    }
    let distance = u8[at++]!;
    if (distance >= 128) {
      let shift = 128;
      distance -= 128;
      for (;;) {
        const byte = u8[at++]!;
        distance += (byte & 127) * shift;
        shift *= 128;
        if (byte < 128) break;
      }
    }
    const next = (ref + distance) >>> 0;
    if (next <= ref) isAscending = false;
    ref = next;
    refs[i] = ref;
  }
  assert(at === end, () => `head index: ${count} refs end at ${at}, want ${end}`);
  return isAscending ? refs : refs.sort();
}
