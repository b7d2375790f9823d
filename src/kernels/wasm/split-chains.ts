/** Which chain a hash belongs to when chains are added one at a time (linear hashing). */

/** The chain among `count`; with one more chain, only the hashes of one chain move. */
// @ts-ignore: decorator
@inline
export function chainOf(hash: u32, count: u32): u32 {
  const half: u32 = 0x8000_0000 >> clz(count);
  const chain = hash & ((half << 1) - 1);
  return chain < count ? chain : hash & (half - 1);
}

/** The chain that gives to chain `count`, which is added to as many. */
export function chainToSplit(count: u32): u32 {
  return count - (0x8000_0000 >> clz(count));
}
