/**
 * Chains and timestamps of miniblocks. Twin of `wasm/page/miniblock.ts`: the same bytes and
 * the same chain state behind every call.
 */
import { CHAIN_COUNT, CHAIN_DELTA, CHAIN_TIMESTAMP, CHAIN_VALUE } from "../layout/page-layout.ts";
import { BitReader, BitWriter, signed, unzigzag, widthOf, zigzag } from "./bits64.ts";
import { decodeMiniblockValues, encodeMiniblockValues } from "./miniblock-values.ts";

const REGULAR = 0;
const SPARSE = 128;

export function miniblockEncode(
  data: DataView,
  chain: number,
  timestamps: number,
  values: number,
  count: number,
  out: number,
): number {
  const isFirst = data.getUint32(chain + CHAIN_COUNT, true) === 0;
  const at = encodeTimestamps(data, chain, timestamps, count, out);
  const previous = data.getBigUint64(chain + CHAIN_VALUE, true);
  const bits = Array.from({ length: count }, (_, i) => data.getBigUint64(values + 8 * i, true));
  const end = encodeMiniblockValues(data, isFirst ? undefined : previous, bits, at);
  advance(data, chain, timestamps, values, count);
  return end - out;
}

export function miniblockDecode(
  data: DataView,
  chain: number,
  source: number,
  count: number,
  timestamps: number,
  values: number,
): number {
  const reader = new BitReader(new Uint8Array(data.buffer), source);
  decodeTimestamps(data, chain, reader, count, timestamps);
  const previous = data.getBigUint64(chain + CHAIN_VALUE, true);
  const bits = decodeMiniblockValues(data, previous, reader, count);
  for (const [i, each] of bits.entries()) data.setBigUint64(values + 8 * i, each, true);
  advance(data, chain, timestamps, values, count);
  return reader.at - source;
}

function advance(
  data: DataView,
  chain: number,
  timestamps: number,
  values: number,
  count: number,
): void {
  const last = 8 * (count - 1);
  const timestamp = data.getFloat64(timestamps + last, true);
  const samples = data.getUint32(chain + CHAIN_COUNT, true);
  let before = samples === 0 ? timestamp : data.getFloat64(chain + CHAIN_TIMESTAMP, true);
  if (count > 1) before = data.getFloat64(timestamps + last - 8, true);
  const delta = timestamp - before;
  data.setInt32(chain + CHAIN_DELTA, delta === (delta | 0) ? delta : 0, true);
  data.setFloat64(chain + CHAIN_TIMESTAMP, timestamp, true);
  data.setBigUint64(chain + CHAIN_VALUE, data.getBigUint64(values + last, true), true);
  data.setUint32(chain + CHAIN_COUNT, samples + count, true);
}

function encodeTimestamps(
  data: DataView,
  chain: number,
  timestamps: number,
  count: number,
  out: number,
): number {
  const timestampAt = (i: number): bigint => BigInt(data.getFloat64(timestamps + 8 * i, true));
  let at = out;
  let last = BigInt(data.getFloat64(chain + CHAIN_TIMESTAMP, true));
  let delta = BigInt(data.getInt32(chain + CHAIN_DELTA, true));
  let from = 0;
  if (data.getUint32(chain + CHAIN_COUNT, true) === 0) {
    last = timestampAt(0);
    data.setBigInt64(at, last, true);
    at += 8;
    from = 1;
    delta = 0n;
  }
  const residuals = new Map<number, bigint>();
  let any = 0n;
  for (let i = from; i < count; i++) {
    const residual = zigzag(signed(timestampAt(i) - last - delta));
    delta = timestampAt(i) - last;
    last = timestampAt(i);
    any |= residual;
    residuals.set(i, residual);
  }
  const width = widthOf(any);
  const named = [...residuals].filter(([, residual]) => residual !== 0n);
  const isSparse = 16 + named.length * width < residuals.size * width;
  data.setUint8(at++, width | (isSparse ? SPARSE : 0));
  if (width === 0) return at;
  if (isSparse) {
    data.setUint16(
      at,
      named.reduce((map, [i]) => map | (1 << i), 0),
      true,
    );
    at += 2;
  }
  const writer = new BitWriter(new Uint8Array(data.buffer), at);
  for (const [, residual] of isSparse ? named : residuals) writer.write(residual, width);
  return writer.end();
}

function decodeTimestamps(
  data: DataView,
  chain: number,
  reader: BitReader,
  count: number,
  timestamps: number,
): void {
  let last = BigInt(data.getFloat64(chain + CHAIN_TIMESTAMP, true));
  let delta = BigInt(data.getInt32(chain + CHAIN_DELTA, true));
  let from = 0;
  if (data.getUint32(chain + CHAIN_COUNT, true) === 0) {
    last = data.getBigInt64(reader.at, true);
    reader.at += 8;
    data.setFloat64(timestamps, Number(last), true);
    from = 1;
    delta = 0n;
  }
  const head = reader.byte();
  let map = head === REGULAR ? 0 : 0xffff;
  if (head >= SPARSE) map = reader.byte() | (reader.byte() << 8);
  for (let i = from; i < count; i++) {
    if (((map >> i) & 1) === 1) delta += unzigzag(reader.bits(head & 127));
    last += delta;
    data.setFloat64(timestamps + 8 * i, Number(last), true);
  }
  reader.align();
}
