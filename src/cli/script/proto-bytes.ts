/** Fields of protobuf messages as bytes, put together the plain way: bodies of scripts are small. */

/** A field of bytes or of a message. */
export function field(number: number, bytes: Uint8Array): Uint8Array {
  return joined([tag(number, 2), varint(BigInt(bytes.length)), bytes]);
}

export function varintField(number: number, value: bigint): Uint8Array {
  return joined([tag(number, 0), varint(BigInt.asUintN(64, value))]);
}

/** sint32 and sint64. */
export function signedField(number: number, value: number): Uint8Array {
  return varintField(number, BigInt(value < 0 ? -2 * value - 1 : 2 * value));
}

export function doubleField(number: number, value: number): Uint8Array {
  return joined([tag(number, 1), doubles([value])]);
}

/** As they stand in a packed field. */
export function doubles(values: ArrayLike<number>): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * values.length));
  for (let i = 0; i < values.length; i++) view.setFloat64(8 * i, values[i]!, true);
  return new Uint8Array(view.buffer);
}

function tag(number: number, wireType: number): Uint8Array {
  return varint(BigInt((number << 3) | wireType));
}

export function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
