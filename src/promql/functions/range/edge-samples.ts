/**
 * Which samples stand at the edges of an anchored or smoothed window: the last one at or before the
 * start (or the first there is), and the last one (anchored) or the first at or after the end
 * (smoothed). The columns passed in reach beyond the window.
 */
export interface EdgeSamples {
  readonly first: number;
  readonly last: number;
}

export interface WindowEdges {
  readonly startMs: number;
  readonly endMs: number;
  readonly edges: "plain" | "anchored" | "smoothed";
}

/** Null when no sample is inside the window, nor, smoothed, on both sides of an edge. */
export function edgeSamples(
  times: Float64Array,
  from: number,
  to: number,
  { startMs, endMs, edges }: WindowEdges,
): EdgeSamples | null {
  if (from === to) return null;
  let last = to - 1;
  let first = from;
  while (first < last && times[first]! <= startMs) first++;
  first = Math.max(from, first - 1);
  if (edges === "smoothed") {
    let end = from;
    while (end < last && times[end]! < endMs) end++;
    last = end;
  }
  if (times[last]! <= startMs) return null;
  if (edges === "smoothed" && times[first]! > endMs) return null;
  return { first, last };
}
