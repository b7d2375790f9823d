/**
 * Copies a range to one that does not overlap it, exactly: nothing outside is read or written. The
 * bulk instruction costs more than this for the short texts of labels.
 */
const SHORT_BYTES: usize = 64;

// @ts-ignore: decorator
@inline
export function copyBytes(to: usize, from: usize, bytes: usize): void {
  if (bytes > SHORT_BYTES) memory.copy(to, from, bytes);
  else copyShort(to, from, bytes);
}

/** What `copyOver` may read and write behind the range. */
export const COPY_OVER_BYTES: usize = 16;

/** In steps of 16 bytes, the last one too: for places with room behind them on both sides. */
// @ts-ignore: decorator
@inline
export function copyOver(to: usize, from: usize, bytes: usize): void {
  v128.store(to, v128.load(from));
  for (let i: usize = 16; i < bytes; i += 16) v128.store(to + i, v128.load(from + i));
}

/** The last step overlaps the one before it. */
function copyShort(to: usize, from: usize, bytes: usize): void {
  if (bytes >= 16) {
    const last = bytes - 16;
    for (let i: usize = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
    v128.store(to + last, v128.load(from + last));
  } else if (bytes >= 8) {
    const last = bytes - 8;
    store<u64>(to, load<u64>(from));
    store<u64>(to + last, load<u64>(from + last));
  } else if (bytes >= 4) {
    const last = bytes - 4;
    store<u32>(to, load<u32>(from));
    store<u32>(to + last, load<u32>(from + last));
  } else {
    for (let i: usize = 0; i < bytes; i++) store<u8>(to + i, load<u8>(from + i));
  }
}
