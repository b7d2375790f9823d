/**
 * Protobuf for fuzz bodies, in any shape a hostile encoder may choose: padded varints, lengths that
 * lie, groups. Shares nothing with the product's own code.
 */
const encoder = new TextEncoder();

export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_BYTES = 2;
export const WIRE_GROUP = 3;
export const WIRE_GROUP_END = 4;
export const WIRE_FIXED32 = 5;

/** `padding` more bytes than needed; together more than ten are no varint any more. */
export function varint(value: bigint | number, padding: number = 0): Uint8Array {
  if (padding === 0 && typeof value === "number" && value >= 0 && value < 128) {
    return Uint8Array.of(value);
  }
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  for (let i = 0; i < padding; i++) {
    bytes[bytes.length - 1]! |= 128;
    bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

export function tag(number: number, wire: number): Uint8Array {
  return varint(number * 8 + wire);
}

export function field(number: number, payload: Uint8Array): Uint8Array {
  return concat([tag(number, WIRE_BYTES), varint(payload.length), payload]);
}

export function textField(number: number, text: string | Uint8Array): Uint8Array {
  return field(number, typeof text === "string" ? encoder.encode(text) : text);
}

export function varintField(number: number, value: bigint | number): Uint8Array {
  return concat([tag(number, WIRE_VARINT), varint(value)]);
}

export function fixed64Field(number: number, bits: bigint): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = number * 8 + WIRE_FIXED64;
  new DataView(bytes.buffer).setBigUint64(1, BigInt.asUintN(64, bits), true);
  return bytes;
}

export function labelField(name: string | Uint8Array, value: string | Uint8Array): Uint8Array {
  return field(1, concat([textField(1, name), textField(2, value)]));
}

export function sampleField(timestampMs: bigint | number, bits: bigint): Uint8Array {
  return field(2, concat([fixed64Field(1, bits), varintField(2, timestampMs)]));
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
