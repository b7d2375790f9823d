/** A place in a log. Segment ids start at 1; {0, 0} is the place before the first segment. */
export interface LogPlace {
  readonly segmentId: number;
  readonly offset: number;
}

export const LOG_BEGIN: LogPlace = { segmentId: 0, offset: 0 };
