/** Which chain a hash belongs to when chains are added one at a time: as `wasm/split-chains.ts`. */

/** The chain among `count`; with one more chain, only the hashes of one chain move. */
export function chainOf(hash: number, count: number): number {
  const half = halfOf(count);
  const chain = (hash & (2 * half - 1)) >>> 0;
  return chain < count ? chain : hash & (half - 1);
}

/** The chain that gives to chain `count`, which is added to as many. */
export function chainToSplit(count: number): number {
  return count - halfOf(count);
}

/** The greatest power of two up to `count`. */
function halfOf(count: number): number {
  return 2 ** (31 - Math.clz32(count));
}
