/** Twin of `wasm/page/digest.ts`. */
import { unsigned } from "./bits64.ts";

const A = 0x9e37_79b9_7f4a_7c15n;
const B = 0xbf58_476d_1ce4_e5b9n;
const C = 0x94d0_49bb_1331_11ebn;
const D = 0xd6e8_feb8_6659_fd93n;

const fold = (word: bigint, factor: bigint): bigint => unsigned((word ^ (word >> 32n)) * factor);
const swapHalves = (word: bigint): bigint => unsigned((word << 32n) | (word >> 32n));

export function digestAdd(
  data: DataView,
  sums: number,
  fingerprint: bigint,
  timestamps: number,
  values: number,
  count: number,
): void {
  const seed = fold(fold(unsigned(fingerprint + D), C), B);
  let a = data.getBigUint64(sums, true);
  let b = data.getBigUint64(sums + 8, true);
  for (let i = 0; i < count; i++) {
    const timestamp = data.getBigUint64(timestamps + 8 * i, true);
    const bits = data.getBigUint64(values + 8 * i, true);
    const mixed = fold(unsigned(timestamp * A + seed), B);
    const x = fold(mixed ^ bits, C);
    const y = fold(unsigned(swapHalves(mixed) + bits), D);
    a = unsigned(a + (x ^ (x >> 29n)));
    b = unsigned(b + (y ^ (y >> 31n)));
  }
  data.setBigUint64(sums, a, true);
  data.setBigUint64(sums + 8, b, true);
}
