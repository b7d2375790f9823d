/**
 * Columns back from bytes. Twin of `wasm/page/column-decode.ts`: all in lists of 64-bit
 * numbers, one step after the other; nothing is written before all of it is right.
 */
import {
  COLUMN_CORRUPT,
  COLUMN_HAS_SCALE,
  CONSTANT_DECIMAL,
  CONSTANT_RAW,
  CONSTANT_ZERO,
  PACKING_BLOCKS,
  PACKING_CODED,
  PACKING_EQUAL,
  PREDICTOR_DELTA,
  PREDICTOR_DELTA2,
  PREDICTOR_FIRST,
  PREDICTOR_LINE,
  SOURCE_BITS,
  SOURCE_CONSTANT,
  SOURCE_RAW,
  SOURCE_WHOLE,
} from "../layout/page-layout.ts";
import { BitReader, signed, unsigned, unzigzag, widthOf } from "./bits64.ts";
import { decodeBlocks } from "./blocks.ts";
import { decodeCoded } from "./coded-decode.ts";
import { EXPONENT_MAX, bitsOf, orderedBits, scaledDown } from "./decimal.ts";
import { applyPatches } from "./patches.ts";

/** 0, the bits at `out`; or `COLUMN_CORRUPT`. */
export function columnDecode(
  data: DataView,
  source: number,
  bytes: number,
  count: number,
  out: number,
): number {
  if (bytes === 0) return COLUMN_CORRUPT;
  const end = source + bytes;
  const kind = data.getUint8(source) & 7;
  let bits: readonly bigint[] | undefined;
  if (kind === SOURCE_CONSTANT) bits = decodeConstant(data, source, end, count);
  else if (kind === SOURCE_RAW) {
    if (data.getUint8(source) !== SOURCE_RAW || bytes !== 1 + 8 * count) return COLUMN_CORRUPT;
    const raw = (_: unknown, i: number): bigint => data.getBigUint64(source + 1 + 8 * i, true);
    bits = Array.from({ length: count }, raw);
  } else if (kind <= SOURCE_WHOLE) bits = decodeWholes(data, source, end, count);
  if (bits === undefined) return COLUMN_CORRUPT;
  for (const [i, each] of bits.entries()) data.setBigUint64(out + 8 * i, each, true);
  return 0;
}

function decodeConstant(
  data: DataView,
  source: number,
  end: number,
  count: number,
): bigint[] | undefined {
  const reader = new BitReader(new Uint8Array(data.buffer), source);
  const form = reader.byte() >> 3;
  let bits = 0n;
  if (form === CONSTANT_DECIMAL) {
    const exponent = reader.byte();
    if (exponent > EXPONENT_MAX) return undefined;
    bits = bitsOf(Number(unzigzag(reader.varint())) / 10 ** exponent);
  } else if (form === CONSTANT_RAW) {
    bits = data.getBigUint64(reader.at, true);
    reader.at += 8;
  } else if (form !== CONSTANT_ZERO) return undefined;
  return reader.at === end ? Array.from({ length: count }, () => bits) : undefined;
}

function decodeWholes(
  data: DataView,
  source: number,
  end: number,
  count: number,
): bigint[] | undefined {
  const u8 = new Uint8Array(data.buffer);
  const reader = new BitReader(u8, source);
  const head = reader.byte();
  const control = reader.byte();
  const exponent = control & 31;
  if (control > 63 || exponent > EXPONENT_MAX) return undefined;
  const scale = (control & COLUMN_HAS_SCALE) === 0 ? 1n : reader.varint();
  const first = unzigzag(reader.varint());
  const predictor = (head >> 3) & 3;
  const hasStep = predictor === PREDICTOR_DELTA2 || predictor === PREDICTOR_LINE;
  const step = hasStep ? unzigzag(reader.varint()) : 0n;
  const patches = new BitReader(u8, reader.at);
  if ((head & 128) !== 0) {
    const patchBytes = patches.varint();
    if (patchBytes > end - patches.at) return undefined;
    reader.at = patches.at + Number(patchBytes);
  }
  const lead = predictor === PREDICTOR_DELTA2 ? 2 : 1;
  if (count < lead || reader.at > end) return undefined;
  const patchesEnd = reader.at;
  const residuals = readResiduals(u8, reader, end, (head >> 5) & 3, count - lead);
  if (residuals === undefined || reader.at !== end) return undefined;
  const sums = sumsOf(predictor, residuals, step);
  const bits = sums.map((sum) => finished(head & 7, exponent, first, scale, sum));
  if ((head & 128) !== 0 && !applyPatches(data, patches, patchesEnd, bits)) return undefined;
  return bits;
}

function readResiduals(
  u8: Uint8Array,
  reader: BitReader,
  end: number,
  packing: number,
  count: number,
): bigint[] | undefined {
  if (count === 0) return [];
  if (packing === PACKING_BLOCKS) return decodeBlocks(reader, end, count);
  if (packing === PACKING_CODED) return decodeCoded(u8, reader, end, count);
  if (packing !== PACKING_EQUAL) return undefined;
  const residual = unzigzag(reader.varint());
  return Array.from({ length: count }, () => residual);
}

/** Distances from the first number, in units of the scale. */
function sumsOf(predictor: number, residuals: readonly bigint[], step: bigint): bigint[] {
  const sums = [0n];
  if (predictor === PREDICTOR_DELTA2) sums.push(step);
  let delta = step;
  for (const residual of residuals) {
    const last = sums.at(-1)!;
    if (predictor === PREDICTOR_FIRST) sums.push(residual);
    else if (predictor === PREDICTOR_DELTA) sums.push(signed(last + residual));
    else if (predictor === PREDICTOR_LINE) sums.push(residual + step * BigInt(sums.length));
    else {
      delta += residual;
      sums.push(signed(last + delta));
    }
  }
  return sums;
}

function finished(
  kind: number,
  exponent: number,
  first: bigint,
  scale: bigint,
  sum: bigint,
): bigint {
  if (kind === SOURCE_BITS) {
    const shift = BigInt(widthOf(scale & -scale) - 1);
    return unsigned(orderedBits(signed(first + (sum << shift))));
  }
  const whole = Number(signed(first + sum * scale));
  return bitsOf(kind === SOURCE_WHOLE ? whole : scaledDown(whole, exponent, kind));
}
