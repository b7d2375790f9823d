/** Protobuf fields for request bodies of tests, as a plain encoder writes them. */
export function text(number: number, value: string): Uint8Array {
  return field(number, new TextEncoder().encode(value));
}

export function field(number: number, payload: Uint8Array): Uint8Array {
  return concat([Uint8Array.of((number << 3) | 2), varint(BigInt(payload.length)), payload]);
}

/** Nothing when the value is 0, as encoders do. */
export function integer(number: number, value: number): Uint8Array {
  return value === 0
    ? new Uint8Array(0)
    : concat([Uint8Array.of(number << 3), varint(BigInt(value))]);
}

export function double(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = (number << 3) | 1;
  new DataView(bytes.buffer).setFloat64(1, value, true);
  return bytes;
}

export function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
