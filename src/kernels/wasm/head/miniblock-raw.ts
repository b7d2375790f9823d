/** Stands in for `page/miniblock.ts`: the samples as they are. */
export function miniblockEncode(
  chain: usize,
  timestamps: usize,
  values: usize,
  count: u32,
  out: usize,
  scratch: usize,
): u32 {
  memory.copy(out, timestamps, count << 3);
  memory.copy(out + (count << 3), values, count << 3);
  store<f64>(chain, load<f64>(timestamps + ((count - 1) << 3)));
  store<u32>(chain, load<u32>(chain, 20) + count, 20);
  return count << 4;
}

export function miniblockDecode(
  chain: usize,
  source: usize,
  count: u32,
  timestamps: usize,
  values: usize,
): u32 {
  memory.copy(timestamps, source, count << 3);
  memory.copy(values, source + (count << 3), count << 3);
  return count << 4;
}
