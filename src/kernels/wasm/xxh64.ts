/** XXH64. `xxh64Into` takes and gives words, so no BigInt crosses into JavaScript. */
const P1: u64 = 0x9e3779b185ebca87;
const P2: u64 = 0xc2b2ae3d27d4eb4f;
const P3: u64 = 0x165667b19e3779f9;
const P4: u64 = 0x85ebca77c2b2ae63;
const P5: u64 = 0x27d4eb2f165667c5;

/** Hash of `bytes` bytes at `source`, stored at `out` (low word, high word). */
export function xxh64Into(
  source: usize,
  bytes: usize,
  seedLow: u32,
  seedHigh: u32,
  out: usize,
): void {
  store<u64>(out, xxh64(source, bytes, (<u64>seedHigh << 32) | <u64>seedLow));
}

export function xxh64(source: usize, bytes: usize, seed: u64): u64 {
  const end = source + bytes;
  let p = source;
  let hash: u64;
  if (bytes >= 32) {
    let a = seed + P1 + P2;
    let b = seed + P2;
    let c = seed;
    let d = seed - P1;
    const last = end - 32;
    do {
      a = round(a, load<u64>(p));
      b = round(b, load<u64>(p, 8));
      c = round(c, load<u64>(p, 16));
      d = round(d, load<u64>(p, 24));
      p += 32;
    } while (p <= last);
    hash = rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18);
    hash = merge(merge(merge(merge(hash, a), b), c), d);
  } else {
    hash = seed + P5;
  }
  hash += <u64>bytes;
  for (; end - p >= 8; p += 8) {
    hash = rotl<u64>(hash ^ round(0, load<u64>(p)), 27) * P1 + P4;
  }
  if (end - p >= 4) {
    hash = rotl<u64>(hash ^ (<u64>load<u32>(p) * P1), 23) * P2 + P3;
    p += 4;
  }
  for (; p < end; p++) hash = rotl<u64>(hash ^ (<u64>load<u8>(p) * P5), 11) * P1;
  hash = (hash ^ (hash >> 33)) * P2;
  hash = (hash ^ (hash >> 29)) * P3;
  return hash ^ (hash >> 32);
}

// @ts-ignore: decorator
@inline
function round(lane: u64, input: u64): u64 {
  return rotl<u64>(lane + input * P2, 31) * P1;
}

// @ts-ignore: decorator
@inline
function merge(hash: u64, lane: u64): u64 {
  return (hash ^ round(0, lane)) * P1 + P4;
}
