/**
 * One column to bytes. Twin of `wasm/page/column-encode.ts`: the same bytes, without its
 * scratch; values are lists of their bits.
 */
import {
  COLUMN_HAS_SCALE,
  CONSTANT_DECIMAL,
  CONSTANT_RAW,
  CONSTANT_ZERO,
  PACKING_BLOCKS,
  PACKING_CODED,
  PACKING_EQUAL,
  PREDICTOR_DELTA2,
  PREDICTOR_LINE,
  SOURCE_BITS,
  SOURCE_CONSTANT,
  SOURCE_DIVIDE,
  SOURCE_RAW,
  SOURCE_THOUSANDS,
  SOURCE_WHOLE,
} from "../layout/page-layout.ts";
import { widthOf, writeVarint, zigzag } from "./bits64.ts";
import { blocksBytes, encodeBlocks } from "./blocks.ts";
import { encodeCoded } from "./coded-encode.ts";
import { encodePatches } from "./patches.ts";
import { choosePredictor, residualOf } from "./predict.ts";
import { bitWholes, decimalWholes } from "./whole-numbers.ts";
import type { WholeNumbers } from "./whole-numbers.ts";

const CODED_GAIN_SHIFT = 5;
const CODED_SAMPLES_MIN = 32;

export function valuesEncode(
  data: DataView,
  values: number,
  count: number,
  isSmall: boolean,
  out: number,
): number {
  const bits = Array.from({ length: count }, (_, i) => data.getBigUint64(values + 8 * i, true));
  if (bits.every((each) => each === bits[0])) return encodeConstant(data, bits[0]!, out);
  let source = SOURCE_BITS;
  let numbers = bitWholes(bits);
  for (let way = SOURCE_DIVIDE; way <= SOURCE_THOUSANDS; way++) {
    const candidate = decimalWholes(bits, way);
    if (candidate === undefined) continue;
    if (source !== SOURCE_BITS && candidate.misfits >= numbers.misfits) continue;
    source = way;
    numbers = candidate;
  }
  const bytes = encodeWholes(data, source, numbers, bits, isSmall, out);
  if (bytes <= count * 8) return bytes;
  data.setUint8(out, SOURCE_RAW);
  for (const [i, each] of bits.entries()) data.setBigUint64(out + 1 + 8 * i, each, true);
  return 1 + 8 * count;
}

export function timestampsEncode(
  data: DataView,
  timestamps: number,
  count: number,
  isSmall: boolean,
  out: number,
): number {
  const wholes = Array.from({ length: count }, (_, i) =>
    BigInt(data.getFloat64(timestamps + 8 * i, true)),
  );
  const numbers = { exponent: 0, wholes, patched: [], misfits: 0 };
  return encodeWholes(data, SOURCE_WHOLE, numbers, [], isSmall, out);
}

function encodeConstant(data: DataView, bits: bigint, out: number): number {
  const head = (form: number): void => data.setUint8(out, SOURCE_CONSTANT | (form << 3));
  if (bits === 0n) {
    head(CONSTANT_ZERO);
    return 1;
  }
  const numbers = decimalWholes([bits], SOURCE_DIVIDE);
  if (numbers !== undefined && numbers.patched[0] === false) {
    head(CONSTANT_DECIMAL);
    data.setUint8(out + 1, numbers.exponent);
    const end = writeVarint(new Uint8Array(data.buffer), out + 2, zigzag(numbers.wholes[0]!));
    if (end <= out + 9) return end - out;
  }
  head(CONSTANT_RAW);
  data.setBigUint64(out + 1, bits, true);
  return 9;
}

function encodeWholes(
  data: DataView,
  source: number,
  { exponent, wholes, patched }: WholeNumbers,
  bits: readonly bigint[],
  isSmall: boolean,
  out: number,
): number {
  const u8 = new Uint8Array(data.buffer);
  const count = wholes.length;
  let prediction = { predictor: 0, center: 0n, slope: 0n };
  if (count > 1) prediction = choosePredictor(wholes, source === SOURCE_WHOLE);
  const { predictor, center, slope } = prediction;
  const scale = count === 1 || predictor === PREDICTOR_LINE ? 1n : scaleOf(source, wholes);
  const from = predictor === PREDICTOR_DELTA2 ? 2 : 1;
  const residuals: bigint[] = [];
  for (let i = from; i < count; i++) {
    residuals.push(scaleDown(residualOf(wholes, predictor, i, slope), source, scale));
  }
  const isEqual = residuals.every((residual) => residual === residuals[0]);
  const packing = isEqual ? PACKING_EQUAL : PACKING_BLOCKS;
  const hasPatches = patched.includes(true);
  u8[out] = source | (predictor << 3) | (packing << 5) | (hasPatches ? 128 : 0);
  u8[out + 1] = exponent | (scale === 1n ? 0 : COLUMN_HAS_SCALE);
  let at = out + 2;
  if (scale !== 1n) at = writeVarint(u8, at, scale);
  at = writeVarint(u8, at, zigzag(wholes[0]!));
  if (predictor === PREDICTOR_DELTA2) {
    at = writeVarint(u8, at, zigzag(scaleDown(residualOf(wholes, 1, 1, 0n), source, scale)));
  } else if (predictor === PREDICTOR_LINE) {
    at = writeVarint(u8, at, zigzag(slope));
  }
  if (hasPatches) {
    const end = encodePatches(data, at + 10, bits, patched);
    const to = writeVarint(u8, at, BigInt(end - at - 10));
    u8.copyWithin(to, at + 10, end);
    at = to + end - at - 10;
  }
  if (residuals.length === 0) return at - out;
  if (isEqual) return writeVarint(u8, at, zigzag(residuals[0]!)) - out;
  return pack(u8, out, at, residuals, isSmall, scaleDown(center, source, scale)) - out;
}

function pack(
  u8: Uint8Array,
  column: number,
  at: number,
  residuals: readonly bigint[],
  isSmall: boolean,
  center: bigint,
): number {
  if (isSmall && residuals.length >= CODED_SAMPLES_MIN) {
    const end = encodeCoded(u8, at, residuals, center);
    const bytes = end - at;
    if (bytes + (bytes >> CODED_GAIN_SHIFT) < blocksBytes(residuals)) {
      u8[column] = u8[column]! | (PACKING_CODED << 5);
      return end;
    }
  }
  return encodeBlocks(u8, at, residuals);
}

function scaleOf(source: number, wholes: readonly bigint[]): bigint {
  let common = 0n;
  for (let i = 1; i < wholes.length; i++) {
    const difference = wholes[i]! - wholes[i - 1]!;
    let rest = difference < 0n ? -difference : difference;
    if (source === SOURCE_BITS) {
      common |= rest;
      continue;
    }
    while (rest !== 0n) [common, rest] = [rest, common % rest];
  }
  if (common === 0n) return 1n;
  return source === SOURCE_BITS ? common & -common : common;
}

/** Bits are shifted (rounding down), numbers divided (towards zero): exact but for the centre. */
function scaleDown(residual: bigint, source: number, scale: bigint): bigint {
  return source === SOURCE_BITS
    ? residual >> BigInt(widthOf(scale) - 1)
    : BigInt.asIntN(64, residual) / scale;
}
