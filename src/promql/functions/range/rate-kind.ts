/** The functions that tell how much something changed in a window, and what they extrapolate by. */
export interface RateKind {
  /** Values only fall by resets. */
  readonly isCounter: boolean;
  readonly perSecond: boolean;
}

export const RATE_KINDS: ReadonlyMap<string, RateKind> = new Map([
  ["rate", { isCounter: true, perSecond: true }],
  ["increase", { isCounter: true, perSecond: false }],
  ["delta", { isCounter: false, perSecond: false }],
]);

/** Distances to the ends of the window may be this many average sample distances. */
export const EXTRAPOLATION_REACH = 1.1;
