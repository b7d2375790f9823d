/**
 * One column of 64-bit values or of timestamps to bytes: whole numbers, predicted, scaled down,
 * packed; or a constant; or raw when nothing helps. Bytes: `src/chunk/FORMAT.md`.
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
} from "../../layout/page-layout";
import { blocksBytes, encodeBlocks } from "./blocks";
import { encodeCoded } from "./coded-encode";
import { encodePatches } from "./patches";
import {
  chosenCenter,
  chosenPredictor,
  chosenSlope,
  choosePredictor,
  residualOf,
} from "./predict";
import { SCRATCH_RESIDUALS, SCRATCH_WHOLES } from "./scratch";
import { varintBytes, writeVarint, zigzag } from "./varint";
import { bitWholes, decimalWholes, misfitCount, patchedCount } from "./whole-numbers";

/** A coded stream is slower to read than blocks: it has to be smaller by one part in 16. */
const CODED_GAIN_SHIFT: u32 = 5;
/** Below this many samples a table costs more than it gives. */
const CODED_SAMPLES_MIN: u32 = 32;

/** Writes `count` (>= 1) values; returns the bytes, at most `COLUMN_BYTES_MAX`. */
export function valuesEncode(
  values: usize,
  count: u32,
  small: bool,
  out: usize,
  scratch: usize,
): u32 {
  if (isConstant(values, count)) return encodeConstant(values, out, scratch);
  const source = findWholes(values, count, scratch);
  const bytes = encodeWholes(source, sourceExponent, values, count, small, out, scratch);
  if (bytes <= count << 3) return bytes;
  store<u8>(out, SOURCE_RAW);
  memory.copy(out + 1, values, count << 3);
  return 1 + (count << 3);
}

/** Exponent of the whole numbers that `findWholes` left. */
let sourceExponent: u32 = 0;

/** Whole numbers by the way of scaling with the fewest misfits, or by the order of bits. */
function findWholes(values: usize, count: u32, scratch: usize): u32 {
  let best: u32 = SOURCE_BITS;
  let last: u32 = SOURCE_BITS;
  let least = u32.MAX_VALUE;
  for (let way: u32 = SOURCE_DIVIDE; way <= <u32>SOURCE_THOUSANDS && least != 0; way++) {
    const exponent = decimalWholes(values, count, way, scratch);
    last = way;
    if (exponent < 0 || misfitCount >= least) continue;
    least = misfitCount;
    best = way;
    sourceExponent = exponent;
  }
  if (best == SOURCE_BITS) {
    bitWholes(values, count, scratch);
    sourceExponent = 0;
  } else if (best != last) {
    decimalWholes(values, count, best, scratch);
  }
  return best;
}

/** As `valuesEncode`, for timestamps: whole numbers of at most 2^53 in size. */
export function timestampsEncode(
  timestamps: usize,
  count: u32,
  small: bool,
  out: usize,
  scratch: usize,
): u32 {
  const wholes = scratch + SCRATCH_WHOLES;
  for (let i: u32 = 0; i < count; i++) {
    store<i64>(wholes + (i << 3), <i64>load<f64>(timestamps + (i << 3)));
  }
  return encodeWholes(SOURCE_WHOLE, 0, 0, count, small, out, scratch);
}

function isConstant(values: usize, count: u32): bool {
  const first = load<u64>(values);
  let i: u32 = 1;
  while (i < count && load<u64>(values + (i << 3)) == first) i++;
  return i == count;
}

function encodeConstant(values: usize, out: usize, scratch: usize): u32 {
  if (load<u64>(values) == 0) {
    store<u8>(out, SOURCE_CONSTANT | (CONSTANT_ZERO << 3));
    return 1;
  }
  const exponent = decimalWholes(values, 1, SOURCE_DIVIDE, scratch);
  if (exponent >= 0 && patchedCount == 0) {
    store<u8>(out, SOURCE_CONSTANT | (CONSTANT_DECIMAL << 3));
    store<u8>(out, <u8>exponent, 1);
    const end = writeVarint(out + 2, zigzag(load<i64>(scratch + SCRATCH_WHOLES)));
    if (end <= out + 9) return <u32>(end - out);
  }
  store<u8>(out, SOURCE_CONSTANT | (CONSTANT_RAW << 3));
  store<u64>(out, load<u64>(values), 1);
  return 9;
}

function encodeWholes(
  source: u32,
  exponent: u32,
  values: usize,
  count: u32,
  small: bool,
  out: usize,
  scratch: usize,
): u32 {
  const wholes = scratch + SCRATCH_WHOLES;
  const residuals = scratch + SCRATCH_RESIDUALS;
  const first = load<i64>(wholes);
  let predictor: u32 = 0;
  let scale: i64 = 1;
  let packing: u32 = PACKING_EQUAL;
  let residualCount: u32 = 0;
  if (count > 1) {
    choosePredictor(count, source == SOURCE_WHOLE, scratch);
    predictor = chosenPredictor;
    scale = predictor == PREDICTOR_LINE ? 1 : scaleOf(source, count, wholes);
    const from: u32 = predictor == PREDICTOR_DELTA2 ? 2 : 1;
    residualCount = count - from;
    for (let i = from; i < count; i++) {
      const residual = residualOf(predictor, wholes, i, chosenSlope);
      store<i64>(residuals + ((i - from) << 3), scaleDown(residual, source, scale));
    }
    packing = isConstant(residuals, residualCount) ? PACKING_EQUAL : PACKING_BLOCKS;
  }
  const hasPatches = source != SOURCE_WHOLE && patchedCount != 0;
  let at = out;
  store<u8>(at, <u8>(source | (predictor << 3) | (packing << 5) | (hasPatches ? 128 : 0)));
  store<u8>(at, <u8>(exponent | (scale != 1 ? COLUMN_HAS_SCALE : 0)), 1);
  at += 2;
  if (scale != 1) at = writeVarint(at, scale);
  at = writeVarint(at, zigzag(first));
  if (predictor == PREDICTOR_DELTA2) {
    at = writeVarint(at, zigzag(scaleDown(load<i64>(wholes + 8) - first, source, scale)));
  } else if (predictor == PREDICTOR_LINE) {
    at = writeVarint(at, zigzag(chosenSlope));
  }
  if (hasPatches) {
    // The length goes before the patches: written behind its longest form, then moved up.
    const end = encodePatches(values, count, at + 10, scratch);
    const bytes = <u32>(end - at - 10);
    const to = writeVarint(at, bytes);
    memory.copy(to, at + 10, bytes);
    at = to + bytes;
  }
  if (residualCount == 0) return <u32>(at - out);
  if (packing == PACKING_EQUAL) {
    return <u32>(writeVarint(at, zigzag(load<i64>(residuals))) - out);
  }
  const center = scaleDown(chosenCenter, source, scale);
  return <u32>(pack(residualCount, small, center, out, at, scratch) - out);
}

/** Coded when that is wanted and pays, else in blocks; sets the packing in the column's byte 0. */
function pack(
  count: u32,
  small: bool,
  center: i64,
  column: usize,
  at: usize,
  scratch: usize,
): usize {
  if (small && count >= CODED_SAMPLES_MIN) {
    const end = encodeCoded(count, center, at, scratch);
    const bytes = <u32>(end - at);
    if (bytes + (bytes >> CODED_GAIN_SHIFT) < blocksBytes(count, scratch)) {
      store<u8>(column, load<u8>(column) | <u8>((PACKING_CODED ^ PACKING_BLOCKS) << 5));
      return end;
    }
  }
  return encodeBlocks(count, at, scratch);
}

/** What all differences are multiples of: a number for decimals, bits to shift for ordered bits. */
function scaleOf(source: u32, count: u32, wholes: usize): i64 {
  let last = load<i64>(wholes);
  let common: u64 = 0;
  for (let i: u32 = 1; i < count; i++) {
    const whole = load<i64>(wholes + (i << 3));
    let difference = <u64>(whole < last ? last - whole : whole - last);
    last = whole;
    if (source == SOURCE_BITS) {
      common |= difference;
      if (common & 1) return 1;
      continue;
    }
    if (common != 0 && difference % common == 0) continue;
    while (difference != 0) {
      const rest = common % difference;
      common = difference;
      difference = rest;
    }
    if (common == 1) return 1;
  }
  if (common == 0) return 1;
  return source == SOURCE_BITS ? (<i64>1 << ctz<i64>(common)) : common;
}

// @ts-ignore: decorator
@inline
function scaleDown(residual: i64, source: u32, scale: i64): i64 {
  if (scale == 1) return residual;
  return source == SOURCE_BITS ? residual >> ctz<i64>(scale) : residual / scale;
}
