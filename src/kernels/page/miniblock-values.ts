/**
 * Values of a miniblock. Twin of `wasm/page/miniblock-values.ts`: the same choices, so the
 * same bytes; values are lists of their bits.
 */
import { SOURCE_DIVIDE, SOURCE_MULTIPLY } from "../layout/page-layout.ts";
import {
  BitWriter,
  signed,
  unsigned,
  unzigzag,
  varintBytes,
  widthOf,
  writeVarint,
  zigzag,
} from "./bits64.ts";
import type { BitReader } from "./bits64.ts";
import {
  DECIMAL_LIMIT,
  EXPONENT_MAX,
  bitsOf,
  decimalOf,
  isDecimal,
  isSpecial,
  orderedBits,
  scaledDown,
  valueOf,
} from "./decimal.ts";

const REPEATED = 0;
const RAW = 4;
const KIND_BITS = 3;
const FRESH = 128;
const FORM_MINIMUM = 64;
const HAS_SHIFT = 128;

interface Packing {
  readonly form: number;
  readonly width: number;
  readonly shift: number;
  readonly minimum: bigint;
  readonly bytes: number;
}

/** The offset behind the bytes; `previous` is undefined at the start of a chain. */
export function encodeMiniblockValues(
  data: DataView,
  previous: bigint | undefined,
  bits: readonly bigint[],
  out: number,
): number {
  if (bits.every((each) => each === previous)) {
    data.setUint8(out, REPEATED);
    return out + 1;
  }
  for (const way of [SOURCE_DIVIDE, SOURCE_MULTIPLY]) {
    const exponent = exponentOf(bits, way);
    if (exponent < 0) continue;
    const wholeOf = (each: bigint): bigint => BigInt(decimalOf(valueOf(each), exponent));
    const value = valueOf(previous ?? 0n);
    const isBase =
      previous !== undefined &&
      !isSpecial(previous) &&
      isDecimal(value, decimalOf(value, exponent), exponent, way);
    const base = isBase ? wholeOf(previous) : undefined;
    return writeResiduals(data, way | (exponent << 2), base, bits, bits.map(wholeOf), out);
  }
  const orderOf = (each: bigint): bigint => orderedBits(signed(each));
  const base = previous === undefined ? undefined : orderOf(previous);
  return writeResiduals(data, KIND_BITS, base, bits, bits.map(orderOf), out);
}

function exponentOf(bits: readonly bigint[], way: number): number {
  let exponent = 0;
  for (let i = 0; i < bits.length;) {
    const value = valueOf(bits[i]!);
    const whole = decimalOf(value, exponent);
    if (isDecimal(value, whole, exponent, way)) {
      if (bits[i] === 1n << 63n) return -1;
      i++;
    } else {
      if (exponent === EXPONENT_MAX || !(Math.abs(whole) < DECIMAL_LIMIT)) return -1;
      exponent++;
      i = 0;
    }
  }
  return exponent;
}

function writeResiduals(
  data: DataView,
  kind: number,
  base: bigint | undefined,
  bits: readonly bigint[],
  wholes: readonly bigint[],
  out: number,
): number {
  const u8 = new Uint8Array(data.buffer);
  const residuals = wholes.map((whole, i) => signed(whole - (wholes[i - 1] ?? base ?? 0n)));
  const baseBytes = varintBytes(zigzag(wholes[0]!));
  const going = measure(residuals);
  const fresh = measure(residuals.slice(1));
  const isFresh =
    base === undefined || (going.bytes > baseBytes && fresh.bytes + baseBytes < going.bytes);
  const packing = isFresh ? fresh : going;
  const bytes = isFresh ? fresh.bytes + baseBytes : going.bytes;
  if (packing.width > 63 || bytes + 1 >= 8 * bits.length) {
    u8[out] = RAW;
    for (const [i, each] of bits.entries()) data.setBigUint64(out + 1 + 8 * i, each, true);
    return out + 1 + 8 * bits.length;
  }
  const { form, width, shift, minimum } = packing;
  u8[out] = kind | (isFresh ? FRESH : 0);
  u8[out + 1] = width | form | (shift > 0 ? HAS_SHIFT : 0);
  let at = out + 2;
  if (shift > 0) u8[at++] = shift;
  if (isFresh) at = writeVarint(u8, at, zigzag(wholes[0]!));
  if (form === FORM_MINIMUM) at = writeVarint(u8, at, zigzag(minimum));
  const writer = new BitWriter(u8, at);
  for (const each of isFresh ? residuals.slice(1) : residuals) {
    const residual = each >> BigInt(shift);
    writer.write(form === FORM_MINIMUM ? unsigned(residual - minimum) : zigzag(residual), width);
  }
  return writer.end();
}

/** The cheapest form; its bytes without the head byte. */
function measure(residuals: readonly bigint[]): Packing {
  const any = unsigned(residuals.reduce((a, b) => a | b, 0n));
  let shift = any === 0n ? 0 : widthOf(any & -any) - 1;
  if (shift * residuals.length <= 8) shift = 0;
  const shifted = residuals.map((residual) => residual >> BigInt(shift));
  const least = shifted.reduce((a, b) => (b < a ? b : a), shifted[0] ?? 0n);
  const most = shifted.reduce((a, b) => (b > a ? b : a), shifted[0] ?? 0n);
  const head = shift > 0 ? 2 : 1;
  const signedWidth = widthOf(zigzag(least) | zigzag(most));
  const signedBytes = Math.ceil((signedWidth * residuals.length) / 8);
  const minimumWidth = widthOf(most - least);
  const minimumBytes =
    Math.ceil((minimumWidth * residuals.length) / 8) + varintBytes(zigzag(least));
  return minimumBytes < signedBytes
    ? { form: FORM_MINIMUM, width: minimumWidth, shift, minimum: least, bytes: head + minimumBytes }
    : { form: 0, width: signedWidth, shift, minimum: least, bytes: head + signedBytes };
}

export function decodeMiniblockValues(
  data: DataView,
  previous: bigint,
  reader: BitReader,
  count: number,
): bigint[] {
  const head = reader.byte();
  if (head === REPEATED) return Array.from({ length: count }, () => previous);
  if (head === RAW) {
    const { at } = reader;
    reader.at += 8 * count;
    return Array.from({ length: count }, (_, i) => data.getBigUint64(at + 8 * i, true));
  }
  const control = reader.byte();
  const shift = BigInt((control & HAS_SHIFT) === 0 ? 0 : reader.byte());
  const kind = head & 3;
  const exponent = (head >> 2) & 31;
  const finish = (whole: bigint): bigint =>
    kind === KIND_BITS
      ? unsigned(orderedBits(whole))
      : bitsOf(scaledDown(Number(whole), exponent, kind));
  const bits: bigint[] = [];
  let whole: bigint;
  if ((head & FRESH) !== 0) {
    whole = unzigzag(reader.varint());
    bits.push(finish(whole));
  } else {
    whole =
      kind === KIND_BITS
        ? orderedBits(signed(previous))
        : BigInt(decimalOf(valueOf(previous), exponent));
  }
  const hasMinimum = (control & FORM_MINIMUM) !== 0;
  const minimum = hasMinimum ? unzigzag(reader.varint()) : 0n;
  while (bits.length < count) {
    const code = reader.bits(control & 63);
    whole = signed(whole + ((hasMinimum ? minimum + code : unzigzag(code)) << shift));
    bits.push(finish(whole));
  }
  reader.align();
  return bits;
}
