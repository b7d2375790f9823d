/**
 * XXH64 with a 64-bit seed, exact. Fingerprints, placement and hash tables rest on it, so its
 * values are fixed for ever by golden vectors. Arithmetic runs on pairs of unsigned 32-bit halves,
 * because a BigInt per step would allocate; `xxh64` makes one BigInt at the end, `xxh64Into` none.
 * Twin of the wasm kernel.
 */
/** The five primes of the algorithm as (high, low) words. */
const P1_HIGH = 0x9e37_79b1;
const P1_LOW = 0x85eb_ca87;
const P2_HIGH = 0xc2b2_ae3d;
const P2_LOW = 0x27d4_eb4f;
const P3_HIGH = 0x1656_67b1;
const P3_LOW = 0x9e37_79f9;
const P4_HIGH = 0x85eb_ca77;
const P4_LOW = 0xc2b2_ae63;
const P5_HIGH = 0x27d4_eb2f;
const P5_LOW = 0x1656_67c5;

/**
 * Working registers, each two words (low, high): four lanes, the running hash, and a term. Filled
 * anew by every call and never read between calls.
 */
const state = new Uint32Array(12);
const HASH = 8;
const TERM = 10;

/** Hash of `bytes[start, end)`. */
export function xxh64(
  bytes: Uint8Array,
  seed: bigint,
  start: number = 0,
  end: number = bytes.length,
): bigint {
  const seedLow = Number(BigInt.asUintN(32, seed));
  const seedHigh = Number(BigInt.asUintN(32, seed >> 32n));
  digest(bytes, seedLow, seedHigh, start, end);
  return (BigInt(state[HASH + 1]!) << 32n) | BigInt(state[HASH]!);
}

/** As `xxh64`, writing the low word to `out[at]` and the high word to `out[at + 1]`. */
export function xxh64Into(
  out: Uint32Array,
  at: number,
  bytes: Uint8Array,
  seedLow: number,
  seedHigh: number,
  start: number,
  end: number,
): void {
  digest(bytes, seedLow >>> 0, seedHigh >>> 0, start, end);
  out[at] = state[HASH]!;
  out[at + 1] = state[HASH + 1]!;
}

function digest(
  bytes: Uint8Array,
  seedLow: number,
  seedHigh: number,
  start: number,
  end: number,
): void {
  let i = start;
  if (end - start >= 32) {
    openLanes(seedLow, seedHigh);
    for (; i + 32 <= end; i += 32) {
      for (let lane = 0; lane < 4; lane++) {
        round(lane * 2, word(bytes, i + lane * 8), word(bytes, i + lane * 8 + 4));
      }
    }
    mergeLanes();
  } else {
    set(HASH, seedLow, seedHigh);
    add(HASH, P5_LOW, P5_HIGH);
  }
  const length = end - start;
  add(HASH, length >>> 0, Math.floor(length / 0x1_0000_0000));
  absorbTail(bytes, i, end);
  avalanche();
}

function openLanes(seedLow: number, seedHigh: number): void {
  for (let lane = 0; lane < 8; lane += 2) set(lane, seedLow, seedHigh);
  add(0, P1_LOW, P1_HIGH);
  add(0, P2_LOW, P2_HIGH);
  add(2, P2_LOW, P2_HIGH);
  // Minus P1 = plus its two's complement.
  add(6, -P1_LOW >>> 0, ~P1_HIGH >>> 0);
}

function mergeLanes(): void {
  set(HASH, 0, 0);
  for (let lane = 0; lane < 4; lane++) {
    set(TERM, state[lane * 2]!, state[lane * 2 + 1]!);
    rotate(TERM, MERGE_ROTATIONS[lane]!);
    add(HASH, state[TERM]!, state[TERM + 1]!);
  }
  for (let lane = 0; lane < 4; lane++) {
    set(TERM, 0, 0);
    round(TERM, state[lane * 2]!, state[lane * 2 + 1]!);
    xor(HASH, state[TERM]!, state[TERM + 1]!);
    multiply(HASH, P1_LOW, P1_HIGH);
    add(HASH, P4_LOW, P4_HIGH);
  }
}

const MERGE_ROTATIONS: readonly number[] = [1, 7, 12, 18];

/** The bytes after the last full stripe: eights, then one four, then ones. */
function absorbTail(bytes: Uint8Array, from: number, end: number): void {
  let i = from;
  for (; i + 8 <= end; i += 8) {
    set(TERM, 0, 0);
    round(TERM, word(bytes, i), word(bytes, i + 4));
    xor(HASH, state[TERM]!, state[TERM + 1]!);
    rotate(HASH, 27);
    multiply(HASH, P1_LOW, P1_HIGH);
    add(HASH, P4_LOW, P4_HIGH);
  }
  if (i + 4 <= end) {
    set(TERM, word(bytes, i), 0);
    multiply(TERM, P1_LOW, P1_HIGH);
    xor(HASH, state[TERM]!, state[TERM + 1]!);
    rotate(HASH, 23);
    multiply(HASH, P2_LOW, P2_HIGH);
    add(HASH, P3_LOW, P3_HIGH);
    i += 4;
  }
  for (; i < end; i++) {
    set(TERM, bytes[i]!, 0);
    multiply(TERM, P5_LOW, P5_HIGH);
    xor(HASH, state[TERM]!, state[TERM + 1]!);
    rotate(HASH, 11);
    multiply(HASH, P1_LOW, P1_HIGH);
  }
}

function avalanche(): void {
  xor(HASH, state[HASH + 1]! >>> 1, 0);
  multiply(HASH, P2_LOW, P2_HIGH);
  const low = state[HASH]!;
  const high = state[HASH + 1]!;
  xor(HASH, (low >>> 29) | (high << 3), high >>> 29);
  multiply(HASH, P3_LOW, P3_HIGH);
  xor(HASH, state[HASH + 1]!, 0);
}

/** register = rotl(register + input * P2, 31) * P1 */
function round(register: number, inputLow: number, inputHigh: number): void {
  const low = state[register]!;
  const high = state[register + 1]!;
  set(register, inputLow, inputHigh);
  multiply(register, P2_LOW, P2_HIGH);
  add(register, low, high);
  rotate(register, 31);
  multiply(register, P1_LOW, P1_HIGH);
}

function word(bytes: Uint8Array, i: number): number {
  return (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)) >>> 0;
}

function set(register: number, low: number, high: number): void {
  state[register] = low;
  state[register + 1] = high;
}

function xor(register: number, low: number, high: number): void {
  state[register] = state[register]! ^ low;
  state[register + 1] = state[register + 1]! ^ high;
}

function add(register: number, low: number, high: number): void {
  const sum = state[register]! + low;
  state[register] = sum;
  state[register + 1] = state[register + 1]! + high + (sum > 0xffff_ffff ? 1 : 0);
}

/** Rotates left by 1..31 bits. */
function rotate(register: number, bits: number): void {
  const low = state[register]!;
  const high = state[register + 1]!;
  state[register] = (low << bits) | (high >>> (32 - bits));
  state[register + 1] = (high << bits) | (low >>> (32 - bits));
}

function multiply(register: number, factorLow: number, factorHigh: number): void {
  const low = state[register]!;
  const high = state[register + 1]!;
  const cross = Math.imul(low, factorHigh) + Math.imul(high, factorLow);
  state[register] = Math.imul(low, factorLow);
  state[register + 1] = upperProduct(low, factorLow) + cross;
}

/** Upper 32 bits of the 64-bit product of two unsigned words, by 16-bit digits. */
function upperProduct(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = (a0 * b1 + (middle & 0xffff)) >>> 16;
  return a1 * b1 + (middle >>> 16) + carry;
}
