/** Words without any pattern, always the same ones: for data that must not compress. */
export function noiseWords(count: number): Uint32Array<ArrayBuffer> {
  let state = 0x9e37_79b9;
  return Uint32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state;
  });
}
