/**
 * Columns back from bytes (`column-encode.ts`): residuals to sums, sums to whole numbers, those to
 * values, patches last. Whatever the bytes are, nothing but `out` and the scratch is written; what
 * no encoder writes gives `COLUMN_CORRUPT`. Reads at most 72 KiB behind the column's end.
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
  PREDICTOR_LINE,
  SOURCE_BITS,
  SOURCE_CONSTANT,
  SOURCE_DIVIDE,
  SOURCE_MULTIPLY,
  SOURCE_RAW,
  SOURCE_WHOLE,
} from "../../layout/page-layout";
import { decodeBlocks } from "./blocks";
import { decodeCoded } from "./coded-decode";
import { EXPONENT_MAX, inversePowerOfTen, orderedBits, powerOfTen } from "./decimal";
import { applyPatches } from "./patches";
import { readVarint, unzigzag, varintEnd } from "./varint";

/** Decodes `count` values or timestamps of the column `[source, source + bytes)`; 0 or a code. */
export function columnDecode(
  source: usize,
  bytes: u32,
  count: u32,
  out: usize,
  scratch: usize,
): i32 {
  const end = source + bytes;
  if (bytes == 0) return COLUMN_CORRUPT;
  const kind = <u32>load<u8>(source) & 7;
  let isWhole = false;
  if (kind == SOURCE_CONSTANT) isWhole = decodeConstant(source, end, count, out);
  else if (kind == SOURCE_RAW) {
    isWhole = load<u8>(source) == SOURCE_RAW && bytes == 1 + (count << 3);
    if (isWhole) memory.copy(out, source + 1, count << 3);
  } else if (kind <= <u32>SOURCE_WHOLE) {
    isWhole = decodeWholes(source, end, count, out, scratch);
  }
  return isWhole ? 0 : COLUMN_CORRUPT;
}

function decodeConstant(source: usize, end: usize, count: u32, out: usize): bool {
  const form = <u32>load<u8>(source) >> 3;
  let at = source + 1;
  let bits: u64 = 0;
  if (form == CONSTANT_DECIMAL) {
    const exponent: u32 = load<u8>(at);
    if (exponent > EXPONENT_MAX) return false;
    const whole = <f64>unzigzag(readVarint(at + 1));
    bits = reinterpret<u64>(whole / powerOfTen(exponent));
    at = varintEnd;
  } else if (form == CONSTANT_RAW) {
    bits = load<u64>(at);
    at += 8;
  } else if (form != CONSTANT_ZERO) {
    return false;
  }
  if (at != end) return false;
  for (let i: u32 = 0; i < count; i++) store<u64>(out + (i << 3), bits);
  return true;
}

function decodeWholes(source: usize, end: usize, count: u32, out: usize, scratch: usize): bool {
  const head: u32 = load<u8>(source);
  const kind = head & 7;
  const predictor = (head >> 3) & 3;
  const packing = (head >> 5) & 3;
  const control: u32 = load<u8>(source, 1);
  const exponent = control & 31;
  if (control > 63 || exponent > EXPONENT_MAX) return false;
  let at = source + 2;
  let scale: i64 = 1;
  if (control & COLUMN_HAS_SCALE) {
    scale = readVarint(at);
    at = varintEnd;
  }
  const first = unzigzag(readVarint(at));
  at = varintEnd;
  let step: i64 = 0;
  if (predictor == PREDICTOR_DELTA2 || predictor == PREDICTOR_LINE) {
    step = unzigzag(readVarint(at));
    at = varintEnd;
  }
  let patches: usize = 0;
  let patchesEnd: usize = 0;
  if (head & 128) {
    const bytes = readVarint(at);
    patches = varintEnd;
    if (patches > end || bytes > <u64>(end - patches)) return false;
    patchesEnd = patches + <usize>bytes;
    at = patchesEnd;
  }
  const lead: u32 = predictor == PREDICTOR_DELTA2 ? 2 : 1;
  if (count < lead || at > end) return false;
  store<i64>(out, 0);
  if (count > lead) at = decodeSums(packing, predictor, at, end, count - lead, step, out, scratch);
  if (predictor == PREDICTOR_DELTA2) shiftSums(step, count, out);
  if (predictor == PREDICTOR_LINE) addLine(step, count, out);
  if (at != end) return false;
  finish(kind, exponent, first, scale, count, out);
  return patches == 0 || applyPatches(patches, patchesEnd, out, count);
}

/** Sums of `count` residuals at `out` + 8; the address behind them or 0. */
function decodeSums(
  packing: u32,
  predictor: u32,
  source: usize,
  end: usize,
  count: u32,
  firstStep: i64,
  out: usize,
  scratch: usize,
): usize {
  const keepStep: i64 = predictor == PREDICTOR_DELTA2 ? -1 : 0;
  const keepSum: i64 = predictor == PREDICTOR_DELTA2 || predictor == PREDICTOR_DELTA ? -1 : 0;
  const to = out + 8;
  if (packing == PACKING_BLOCKS) {
    return decodeBlocks(source, end, count, to, firstStep, keepStep, keepSum);
  }
  if (packing == PACKING_CODED) {
    return decodeCoded(source, end, count, to, firstStep, keepStep, keepSum, scratch);
  }
  if (packing != PACKING_EQUAL) return 0;
  const residual = unzigzag(readVarint(source));
  let step = firstStep;
  let sum: i64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    step = (step & keepStep) + residual;
    sum = (sum & keepSum) + step;
    store<i64>(to + (i << 3), sum);
  }
  return varintEnd;
}

/** Sums of second differences start at the second sample: move up and add the first step. */
function shiftSums(step: i64, count: u32, out: usize): void {
  for (let i = count - 1; i >= 2; i--) {
    store<i64>(out + (i << 3), load<i64>(out + ((i - 1) << 3)) + step);
  }
  if (count > 1) store<i64>(out, step, 8);
}

function addLine(slope: i64, count: u32, out: usize): void {
  for (let i: u32 = 1; i < count; i++) {
    store<i64>(out + (i << 3), load<i64>(out + (i << 3)) + slope * i);
  }
}

/** Sums in scaled steps from the first number, to values, in place. */
function finish(kind: u32, exponent: u32, first: i64, scale: i64, count: u32, out: usize): void {
  const end = out + (<usize>count << 3);
  if (kind == SOURCE_BITS) {
    const shift = ctz<i64>(scale);
    for (let at = out; at < end; at += 8) {
      store<i64>(at, orderedBits(first + (load<i64>(at) << shift)));
    }
  } else if (kind == SOURCE_WHOLE) {
    for (let at = out; at < end; at += 8) store<f64>(at, <f64>(first + load<i64>(at) * scale));
  } else {
    finishDecimals(kind, exponent, <f64>first, <f64>scale, count, out);
  }
}

/**
 * Two at a time. Sums of decimals are below 2^51 in size, so adding 1.5 x 2^52 as bits and taking
 * it away as a number converts them; products and sums stay below 2^53: exact.
 */
function finishDecimals(
  kind: u32,
  exponent: u32,
  first: f64,
  scale: f64,
  count: u32,
  out: usize,
): void {
  const magic = i64x2.splat(0x4338000000000000);
  const firsts = f64x2.splat(first);
  const scales = f64x2.splat(scale);
  // An odd last one takes its right neighbour along, which is then put back.
  const end = out + (<usize>count << 3);
  const behind = load<u64>(end);
  if (exponent == 0) {
    for (let at = out; at < end; at += 16) {
      const sums = f64x2.sub(i64x2.add(v128.load(at), magic), magic);
      v128.store(at, f64x2.add(firsts, f64x2.mul(sums, scales)));
    }
  } else if (kind == SOURCE_DIVIDE) {
    const power = f64x2.splat(powerOfTen(exponent));
    for (let at = out; at < end; at += 16) {
      const sums = f64x2.sub(i64x2.add(v128.load(at), magic), magic);
      v128.store(at, f64x2.div(f64x2.add(firsts, f64x2.mul(sums, scales)), power));
    }
  } else if (kind == SOURCE_MULTIPLY) {
    const inverse = f64x2.splat(inversePowerOfTen(exponent));
    for (let at = out; at < end; at += 16) {
      const sums = f64x2.sub(i64x2.add(v128.load(at), magic), magic);
      v128.store(at, f64x2.mul(f64x2.add(firsts, f64x2.mul(sums, scales)), inverse));
    }
  } else {
    const thousand = f64x2.splat(1000);
    const power = f64x2.splat(powerOfTen(exponent) / 1000);
    for (let at = out; at < end; at += 16) {
      const sums = f64x2.sub(i64x2.add(v128.load(at), magic), magic);
      const wholes = f64x2.add(firsts, f64x2.mul(sums, scales));
      v128.store(at, f64x2.div(f64x2.div(wholes, thousand), power));
    }
  }
  store<u64>(end, behind);
}
