/**
 * Miniblocks: up to 16 samples of one series, sealed as the head fills its staging area. A chain of
 * them is read from its start; what one continues from is the chain state (`page-layout.ts`). No
 * static memory: `head.wasm` links this too, and its address 0 is the head's own.
 */

/**
 * Seals `count` (1..16) samples: timestamps f64 ms, values 64 bits each. Writes at most
 * `MINIBLOCK_BYTES_MAX` at `out`, brings the chain up to date and returns the bytes written.
 */
export function miniblockEncode(
  chain: usize,
  timestamps: usize,
  values: usize,
  count: u32,
  out: usize,
  scratch: usize,
): u32 {
  unreachable();
}

/**
 * Reads the next `count` samples of the chain at `source` into both columns and brings the chain
 * up to date; returns the bytes read. May load up to 7 bytes behind the miniblock's end.
 */
export function miniblockDecode(
  chain: usize,
  source: usize,
  count: u32,
  timestamps: usize,
  values: usize,
): u32 {
  unreachable();
}
