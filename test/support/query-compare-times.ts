/**
 * Finds evaluation times at which no sample lies on the edge of a window. Prometheus 2.x counts a
 * sample at the left edge of a window in, 3.x and Gyre do not; away from edges they must agree.
 * Windows, offsets, steps and the lookback of the compared queries are whole seconds, so all edges
 * of one evaluation have the same place within their second: its milliseconds.
 */

const SECOND_MS = 1000;

/** The milliseconds within a second that are farthest from those of all samples. */
export function quietMillisecond(timestampsMs: Iterable<number>): number {
  const isTaken = takenMilliseconds(timestampsMs);
  let best = 0;
  let bestDistance = -1;
  for (let ms = 0; ms < SECOND_MS; ms++) {
    const distance = distanceToTaken(isTaken, ms);
    if (distance > bestDistance) [best, bestDistance] = [ms, distance];
  }
  if (bestDistance === 0) throw new Error("cannot find a quiet millisecond: samples are on all");
  return best;
}

/** True when a sample lies on the edge of any window of an evaluation at `timeMs`. */
export function isOnEdge(timestampsMs: Iterable<number>, timeMs: number): boolean {
  return takenMilliseconds(timestampsMs)[within(timeMs)] === 1;
}

function takenMilliseconds(timestampsMs: Iterable<number>): Uint8Array {
  const isTaken = new Uint8Array(SECOND_MS);
  for (const timestampMs of timestampsMs) isTaken[within(timestampMs)] = 1;
  return isTaken;
}

function distanceToTaken(isTaken: Uint8Array, ms: number): number {
  for (let distance = 0; distance <= SECOND_MS / 2; distance++) {
    if (isTaken[within(ms - distance)] === 1 || isTaken[within(ms + distance)] === 1) {
      return distance;
    }
  }
  return SECOND_MS;
}

function within(ms: number): number {
  return ((ms % SECOND_MS) + SECOND_MS) % SECOND_MS;
}
