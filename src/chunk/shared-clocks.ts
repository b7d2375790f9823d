/**
 * Clocks that stand beside the pages of a block instead of in each of them: a target that is scraped
 * at odd times has a long one, and its series fill many pages. Encoded as in a page.
 */

/** Shorter ones stay in their pages: a page that can be read alone is worth some bytes. */
export const SHARED_CLOCK_BYTES_MIN = 512;

export interface ClockStore {
  /** The number of a clock with these bytes, which are copied. */
  add(encoded: Uint8Array): number;
}

export interface ClockSource {
  /** A view; null when there is no such clock. */
  bytesOf(number: number): Uint8Array | null;
}
