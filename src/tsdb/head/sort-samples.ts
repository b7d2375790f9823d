/**
 * Brings one series' samples into order of time: ascending, unique, the first stored wins. Only
 * series that took samples out of order need it, and few rows of them do.
 */

/**
 * Sorts rows `[start, end)` of the columns in place (`words` is the Uint32 view of the values);
 * returns the end after repeated times are dropped.
 */
export function sortSamples(
  timestamps: Float64Array,
  words: Uint32Array,
  start: number,
  end: number,
): number {
  if (isAscending(timestamps, start, end)) return end;
  const oldTimestamps = timestamps.slice(start, end);
  const oldWords = words.slice(2 * start, 2 * end);
  const order = Uint32Array.from(oldTimestamps.keys());
  // Ties stay in order of arrival.
  order.sort((a, b) => oldTimestamps[a]! - oldTimestamps[b]! || a - b);
  let row = start;
  for (const from of order) {
    const timestamp = oldTimestamps[from]!;
    if (row > start && timestamps[row - 1] === timestamp) continue;
    timestamps[row] = timestamp;
    words[2 * row] = oldWords[2 * from]!;
    words[2 * row + 1] = oldWords[2 * from + 1]!;
    row++;
  }
  return row;
}

function isAscending(timestamps: Float64Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if (timestamps[i]! <= timestamps[i - 1]!) return false;
  return true;
}
