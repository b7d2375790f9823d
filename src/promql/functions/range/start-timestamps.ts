/**
 * What start timestamps tell about counter resets between two neighbouring samples. 0 = unknown; a
 * start after its own sample is invalid and counts as unknown.
 */
export function isStartReset(
  previousStart: number,
  previousTime: number,
  start: number,
  time: number,
): boolean {
  if (start === 0 || start >= time || start < previousTime) return false;
  if (start > previousTime) return true;
  // The start equals the previous sample: a delta series, unless that sample's start is unknown,
  // which is how a cumulative series with an unknown start looks.
  return previousStart <= previousTime && previousStart !== 0 && previousStart !== previousTime;
}

/** The sample claims to cover time that belongs to its predecessor. */
export function startsOverlap(previousStart: number, previousTime: number, start: number): boolean {
  return start !== 0 && start < previousTime && start !== previousStart;
}
