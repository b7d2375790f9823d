/** Protobuf varints of any safe integer; returns the place behind. */
export function writeVarint(into: Buffer, at: number, value: number): number {
  let rest = value;
  while (rest >= 128) {
    into[at++] = (rest % 128) | 128;
    rest = Math.floor(rest / 128);
  }
  into[at++] = rest;
  return at;
}
