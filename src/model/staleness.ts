/**
 * The staleness marker: one particular NaN (Prometheus `value.StaleNaN`). JavaScript may change the
 * payload of a NaN held as a number, so stale is judged on the bits inside a typed array, never on
 * a value passed around. Columns keep the bits; see `isStaleAt`.
 */
/** High and low words of 0x7ff0000000000002. */
export const STALE_NAN_HIGH = 0x7ff0_0000;
export const STALE_NAN_LOW = 0x0000_0002;

/** Writes the marker's bits into `column[index]`. */
export function writeStaleAt(column: Float64Array, index: number): void {
  const words = new Uint32Array(column.buffer, column.byteOffset, column.length * 2);
  words[index * 2] = STALE_NAN_LOW;
  words[index * 2 + 1] = STALE_NAN_HIGH;
}

/** True when `words` (a Uint32 view of a Float64 column) holds the marker at sample `index`. */
export function isStaleAt(words: Uint32Array, index: number): boolean {
  return words[index * 2 + 1] === STALE_NAN_HIGH && words[index * 2] === STALE_NAN_LOW;
}

/** The Uint32 view of a column that `isStaleAt` reads. */
export function wordsOf(column: Float64Array): Uint32Array {
  return new Uint32Array(column.buffer, column.byteOffset, column.length * 2);
}
