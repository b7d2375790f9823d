/**
 * Miniblocks: up to 16 samples of one series, sealed as the head fills its staging area. A chain of
 * them is read from its start; what one continues from is the chain state (`page-layout.ts`). No
 * static memory: `head.wasm` links this too, and its address 0 is the head's own.
 */
import { CHAIN_COUNT, CHAIN_DELTA, CHAIN_TIMESTAMP, CHAIN_VALUE } from "../../layout/page-layout";
import { endBits, readWideBits, startBits, writeBits } from "./bit-stream";
import { decodeMiniblockValues, encodeMiniblockValues } from "./miniblock-values";
import { unzigzag, zigzag } from "./varint";

const REGULAR: u8 = 0;
/** Only the residuals named by a 16-bit map are stored. */
const SPARSE: u32 = 128;

/**
 * Seals `count` (1..16) samples: timestamps f64 ms, values 64 bits each. Writes at most
 * `MINIBLOCK_BYTES_MAX` at `out` (and uses no byte behind what it reports), brings the chain up to
 * date and returns the bytes written. Timestamps are whole, in any order, below 2^53 in size.
 */
export function miniblockEncode(
  chain: usize,
  timestamps: usize,
  values: usize,
  count: u32,
  out: usize,
  scratch: usize,
): u32 {
  const isFirst = load<u32>(chain, CHAIN_COUNT) == 0;
  let at = encodeTimestamps(chain, timestamps, count, out, scratch);
  at = encodeMiniblockValues(isFirst, load<u64>(chain, CHAIN_VALUE), values, count, at, scratch);
  advance(chain, timestamps, values, count);
  return <u32>(at - out);
}

/**
 * Reads the next `count` samples of the chain at `source` into both columns and brings the chain
 * up to date; returns the bytes read. May load up to 15 bytes behind the miniblock's end.
 */
export function miniblockDecode(
  chain: usize,
  source: usize,
  count: u32,
  timestamps: usize,
  values: usize,
): u32 {
  let at = decodeTimestamps(chain, source, count, timestamps);
  at = decodeMiniblockValues(load<u64>(chain, CHAIN_VALUE), at, count, values);
  advance(chain, timestamps, values, count);
  return <u32>(at - source);
}

function advance(chain: usize, timestamps: usize, values: usize, count: u32): void {
  const last = <usize>(count - 1) << 3;
  const timestamp = load<f64>(timestamps + last);
  const samples = load<u32>(chain, CHAIN_COUNT);
  let before = load<f64>(chain, CHAIN_TIMESTAMP);
  if (count > 1) before = load<f64>(timestamps + last - 8);
  else if (samples == 0) before = timestamp;
  const delta = <i64>timestamp - <i64>before;
  store<i32>(chain, delta == <i64>(<i32>delta) ? <i32>delta : 0, CHAIN_DELTA);
  store<f64>(chain, timestamp, CHAIN_TIMESTAMP);
  store<u64>(chain, load<u64>(values + last), CHAIN_VALUE);
  store<u32>(chain, samples + count, CHAIN_COUNT);
}

function encodeTimestamps(
  chain: usize,
  timestamps: usize,
  count: u32,
  out: usize,
  scratch: usize,
): usize {
  let at = out;
  let last = <i64>load<f64>(chain, CHAIN_TIMESTAMP);
  let delta: i64 = load<i32>(chain, CHAIN_DELTA);
  let from: u32 = 0;
  if (load<u32>(chain, CHAIN_COUNT) == 0) {
    last = <i64>load<f64>(timestamps);
    store<i64>(at, last);
    at += 8;
    from = 1;
    delta = 0;
  }
  let any: u64 = 0;
  let map: u32 = 0;
  for (let i = from; i < count; i++) {
    const timestamp = <i64>load<f64>(timestamps + (i << 3));
    const residual = zigzag(timestamp - last - delta);
    delta = timestamp - last;
    last = timestamp;
    any |= residual;
    if (residual != 0) map |= 1 << i;
    store<u64>(scratch + (i << 3), residual);
  }
  if (any == 0) {
    store<u8>(at, REGULAR);
    return at + 1;
  }
  const width = 64 - <u32>clz(any);
  const named: u32 = popcnt<u32>(map);
  const isSparse = <u32>16 + named * width < (count - from) * width;
  store<u8>(at++, <u8>(isSparse ? width | SPARSE : width));
  if (isSparse) {
    store<u16>(at, <u16>map);
    at += 2;
  } else {
    map = 0xffff;
  }
  startBits(at);
  for (let i = from; i < count; i++) {
    if ((map >> i) & 1) writeBits(load<u64>(scratch + (i << 3)), width);
  }
  return endBits();
}

function decodeTimestamps(chain: usize, source: usize, count: u32, timestamps: usize): usize {
  let at = source;
  let last = <i64>load<f64>(chain, CHAIN_TIMESTAMP);
  let delta: i64 = load<i32>(chain, CHAIN_DELTA);
  let i: u32 = 0;
  if (load<u32>(chain, CHAIN_COUNT) == 0) {
    last = load<i64>(at);
    at += 8;
    store<f64>(timestamps, <f64>last);
    i = 1;
    delta = 0;
  }
  const head: u32 = load<u8>(at++);
  const width = head & 127;
  let map: u32 = head == REGULAR ? 0 : 0xffff;
  if (head & SPARSE) {
    map = load<u16>(at);
    at += 2;
  }
  let position: u32 = 0;
  for (; i < count; i++) {
    if ((map >> i) & 1) {
      delta += unzigzag(readWideBits(at, position, width));
      position += width;
    }
    last += delta;
    store<f64>(timestamps + (i << 3), <f64>last);
  }
  return at + ((position + 7) >> 3);
}
