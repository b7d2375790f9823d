/**
 * The few protobuf fields a remote write request is made of, as bytes. Doubles are given as bits, so
 * that stale markers stay what they are.
 */
const encoder = new TextEncoder();

const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_BYTES = 2;

export function varint(value: bigint | number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

export function field(number: number, payload: Uint8Array | string): Uint8Array {
  const bytes = typeof payload === "string" ? encoder.encode(payload) : payload;
  return joined([varint(number * 8 + WIRE_BYTES), varint(bytes.length), bytes]);
}

export function varintField(number: number, value: bigint | number): Uint8Array {
  return joined([varint(number * 8 + WIRE_VARINT), varint(value)]);
}

export function doubleField(number: number, bits: bigint): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = number * 8 + WIRE_FIXED64;
  new DataView(bytes.buffer).setBigUint64(1, bits, true);
  return bytes;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
