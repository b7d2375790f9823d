/**
 * Values as pairs of words (`wordsOf` of a column): the way to move and compare them bit by bit,
 * because a NaN held as a number may lose its payload.
 */

export function copyWords(from: Uint32Array, row: number, into: Uint32Array, at: number): void {
  into[2 * at] = from[2 * row]!;
  into[2 * at + 1] = from[2 * row + 1]!;
}

export function sameWords(a: Uint32Array, rowA: number, b: Uint32Array, rowB: number): boolean {
  return a[2 * rowA] === b[2 * rowB] && a[2 * rowA + 1] === b[2 * rowB + 1];
}

/** Writes the one form of a computed NaN. */
export function writeNaN(words: Uint32Array, row: number): void {
  words[2 * row] = 0;
  words[2 * row + 1] = 0x7ff8_0000;
}
