/**
 * Values of a miniblock: repeated, decimal deltas, deltas of ordered bits, or raw. What each byte
 * means is drawn in `src/chunk/FORMAT.md`. No static memory: `head.wasm` links this too.
 */
import { endBits, readWideBits, startBits, writeBits } from "./bit-stream";
import {
  DECIMAL_LIMIT,
  EXPONENT_MAX,
  decimalOf,
  inversePowerOfTen,
  isDecimal,
  isSpecial,
  orderedBits,
  powerOfTen,
} from "./decimal";
import { readVarint, unzigzag, varintBytes, varintEnd, writeVarint, zigzag } from "./varint";

const REPEATED: u8 = 0;
const RAW: u8 = 4;
// The first two are ways of `isDecimal`.
const KIND_DIVIDE: u32 = 1;
const KIND_MULTIPLY: u32 = 2;
const KIND_BITS: u32 = 3;
const FRESH: u32 = 128;

const FORM_MINIMUM: u32 = 64;
const HAS_SHIFT: u32 = 128;

/** Scratch: residuals after the whole numbers of 16 values. */
const RESIDUALS: usize = 128;

// What `measure` found: the cheapest way to pack a run of residuals, and its bytes.
let form: u32 = 0;
let width: u64 = 0;
let shift: i64 = 0;
let minimum: i64 = 0;
let packedBytes: u32 = 0;

/** Address behind the written bytes. `previous` means something unless `isFirst`. */
export function encodeMiniblockValues(
  isFirst: bool,
  previous: u64,
  values: usize,
  count: u32,
  out: usize,
  scratch: usize,
): usize {
  let different: u64 = 0;
  const first = load<u64>(values);
  for (let i: u32 = 1; i < count; i++) different |= load<u64>(values + (i << 3)) ^ first;
  if (!isFirst && different == 0 && first == previous) {
    store<u8>(out, REPEATED);
    return out + 1;
  }
  let kind = KIND_DIVIDE;
  let exponent = wholeNumbers(values, count, scratch, kind);
  if (exponent < 0) {
    kind = KIND_MULTIPLY;
    exponent = wholeNumbers(values, count, scratch, kind);
  }
  let base: i64 = 0;
  let hasBase = !isFirst;
  if (exponent < 0) {
    kind = KIND_BITS;
    exponent = 0;
    for (let i: u32 = 0; i < count; i++) {
      store<i64>(scratch + (i << 3), orderedBits(load<i64>(values + (i << 3))));
    }
    base = orderedBits(previous);
  } else if (hasBase) {
    const power = powerOfTen(exponent);
    const value = reinterpret<f64>(previous);
    const whole = decimalOf(value, power);
    const inverse = inversePowerOfTen(exponent);
    hasBase = !isSpecial(previous) && isDecimal(value, whole, power, inverse, kind);
    if (hasBase) base = <i64>whole;
  }
  return writeResiduals(kind, exponent, hasBase, base, values, count, out, scratch);
}

/** The least exponent that makes every value whole; the whole numbers go to `out`. Or -1. */
function wholeNumbers(values: usize, count: u32, out: usize, way: u32): i32 {
  let exponent: u32 = 0;
  let power: f64 = 1;
  let inverse: f64 = 1;
  let i: u32 = 0;
  while (i < count) {
    const value = load<f64>(values + (i << 3));
    const whole = decimalOf(value, power);
    if (isDecimal(value, whole, power, inverse, way)) {
      if (reinterpret<u64>(value) == 0x8000000000000000) return -1;
      store<i64>(out + (i << 3), <i64>whole);
      i++;
      continue;
    }
    if (exponent == EXPONENT_MAX || !(abs<f64>(whole) < DECIMAL_LIMIT)) return -1;
    exponent++;
    power = powerOfTen(exponent);
    inverse = inversePowerOfTen(exponent);
    // The values before are whole with more digits too, but their numbers change.
    i = 0;
  }
  return exponent;
}

function writeResiduals(
  kind: u32,
  exponent: u32,
  hasBase: bool,
  base: i64,
  values: usize,
  count: u32,
  out: usize,
  scratch: usize,
): usize {
  const residuals = scratch + RESIDUALS;
  const first = load<i64>(scratch);
  let last = base;
  for (let i: u32 = 0; i < count; i++) {
    const whole = load<i64>(scratch + (i << 3));
    store<i64>(residuals + (i << 3), whole - last);
    last = whole;
  }
  const baseBytes = varintBytes(zigzag(first));
  let from: u32 = 1;
  let bytes: u32 = 0xffffffff;
  if (hasBase) {
    measure(residuals, 0, count);
    bytes = packedBytes;
    from = 0;
  }
  if (bytes > baseBytes) {
    measure(residuals, 1, count);
    if (packedBytes + baseBytes < bytes) {
      bytes = packedBytes + baseBytes;
      from = 1;
    } else {
      measure(residuals, 0, count);
    }
  }
  if (width > 63 || bytes + 1 >= count << 3) {
    store<u8>(out, RAW);
    memory.copy(out + 1, values, count << 3);
    return out + 1 + (count << 3);
  }
  store<u8>(out, <u8>(kind | (exponent << 2) | (from == 1 ? FRESH : 0)));
  store<u8>(out, <u8>(width | form | (shift != 0 ? HAS_SHIFT : 0)), 1);
  let at = out + 2;
  if (shift != 0) store<u8>(at++, <u8>shift);
  if (from == 1) at = writeVarint(at, zigzag(first));
  if (form == FORM_MINIMUM) at = writeVarint(at, zigzag(minimum));
  startBits(at);
  for (let i = from; i < count; i++) {
    const residual = load<i64>(residuals + (i << 3)) >> shift;
    writeBits(form == FORM_MINIMUM ? residual - minimum : zigzag(residual), width);
  }
  return endBits();
}

/** Chooses form, width and shift for `residuals[from, to)` by bytes, the head byte not counted. */
function measure(residuals: usize, from: u32, to: u32): void {
  const count = to - from;
  let any: i64 = 0;
  let least: i64 = i64.MAX_VALUE;
  let most: i64 = i64.MIN_VALUE;
  for (let i = from; i < to; i++) {
    const residual = load<i64>(residuals + (i << 3));
    any |= residual;
    if (residual < least) least = residual;
    if (residual > most) most = residual;
  }
  if (count == 0) {
    least = 0;
    most = 0;
  }
  shift = any == 0 ? 0 : <i64>ctz(any);
  // A byte for the shift must save more than a byte.
  if (shift * count <= 8) shift = 0;
  least >>= shift;
  most >>= shift;
  const signed = zigzag(least) | zigzag(most);
  const signedWidth = 64 - clz<u64>(signed);
  const signedBytes = <u32>((signedWidth * count + 7) >> 3);
  const minimumWidth = 64 - clz<u64>(<u64>most - <u64>least);
  const minimumBytes = <u32>((minimumWidth * count + 7) >> 3) + varintBytes(zigzag(least));
  const head: u32 = shift != 0 ? 2 : 1;
  if (minimumBytes < signedBytes) {
    form = FORM_MINIMUM;
    width = minimumWidth;
    packedBytes = head + minimumBytes;
  } else {
    form = 0;
    width = signedWidth;
    packedBytes = head + signedBytes;
  }
  minimum = least;
}

/** Address behind the bytes read. */
export function decodeMiniblockValues(
  previous: u64,
  source: usize,
  count: u32,
  values: usize,
): usize {
  const head: u32 = load<u8>(source);
  if (head == REPEATED) {
    for (let i: u32 = 0; i < count; i++) store<u64>(values + (i << 3), previous);
    return source + 1;
  }
  if (head == RAW) {
    memory.copy(values, source + 1, count << 3);
    return source + 1 + (count << 3);
  }
  const control: u32 = load<u8>(source, 1);
  let at = source + 2;
  const bitWidth = control & 63;
  let shiftBy: i64 = 0;
  if (control & HAS_SHIFT) shiftBy = load<u8>(at++);
  const kind = head & 3;
  const exponent = (head >> 2) & 31;
  const power = powerOfTen(exponent);
  const inverse = inversePowerOfTen(exponent);
  let whole: i64;
  let i: u32 = 0;
  if (head & FRESH) {
    whole = unzigzag(readVarint(at));
    at = varintEnd;
    storeValue(values, whole, kind, power, inverse);
    i = 1;
  } else if (kind == KIND_BITS) {
    whole = orderedBits(previous);
  } else {
    whole = <i64>decimalOf(reinterpret<f64>(previous), power);
  }
  let least: i64 = 0;
  if (control & FORM_MINIMUM) {
    least = unzigzag(readVarint(at));
    at = varintEnd;
  }
  let position: u32 = 0;
  for (; i < count; i++) {
    const code = readWideBits(at, position, bitWidth);
    position += bitWidth;
    const residual = control & FORM_MINIMUM ? <i64>code + least : unzigzag(code);
    whole += residual << shiftBy;
    storeValue(values + (i << 3), whole, kind, power, inverse);
  }
  return at + ((position + 7) >> 3);
}

// @ts-ignore: decorator
@inline
function storeValue(at: usize, whole: i64, kind: u32, power: f64, inverse: f64): void {
  if (kind == KIND_DIVIDE) store<f64>(at, <f64>whole / power);
  else if (kind == KIND_MULTIPLY) store<f64>(at, <f64>whole * inverse);
  else store<i64>(at, orderedBits(whole));
}
