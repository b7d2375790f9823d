/**
 * What became of one sample. Verdict columns hold these numbers, one byte per sample. Verdicts are
 * deterministic: they depend on the log before the sample, the sample, and the trusted now that the
 * primary put beside it, never on the machine.
 */
export const VERDICT_WRITTEN = 0;
/** Same timestamp and same bits as a stored sample: nothing to do, counts as written. */
export const VERDICT_REPEATED = 1;
/** Older than the series' newest sample by more than the out-of-order window. */
export const VERDICT_TOO_OLD = 2;
/** Same timestamp as a stored sample, other value. */
export const VERDICT_CONFLICT = 3;
/** More than 10 minutes past trusted now. */
export const VERDICT_TOO_FAR_AHEAD = 4;
/** Outside [-2^52, 2^52) milliseconds. */
export const VERDICT_TIMESTAMP_RANGE = 5;
/** The label set broke a limit or a rule; the text names which. */
export const VERDICT_LABELS_INVALID = 6;
/** A native histogram that contradicts itself; the text says how. */
export const VERDICT_HISTOGRAM_INVALID = 7;
/** A ref of another generation of the shard: the receiver sends the labels again. Never final. */
export const VERDICT_REF_UNKNOWN = 8;
/** A series that brings nothing, which remote write 2.0 forbids. */
export const VERDICT_SERIES_EMPTY = 9;
/** An exemplar older than the newest one of its series, or before it in the order of equal times. */
export const VERDICT_EXEMPLAR_ORDER = 10;
/** An exemplar whose labels broke a rule; the text names which. */
export const VERDICT_EXEMPLAR_INVALID = 11;
/** A new series of a tenant that has as many as it may. */
export const VERDICT_SERIES_LIMIT = 12;
/** Older than anything the node keeps: an import of it would be lost at the next clean-up. */
export const VERDICT_RETENTION = 13;

export type Verdict = number;

/** The reason as the sender reads it; index = verdict. */
export const VERDICT_TEXT: readonly string[] = [
  "written",
  "already stored",
  "out of order: older than the newest sample of the series by more than the out-of-order window",
  "duplicate timestamp with another value",
  "too far ahead of the server's clock",
  "timestamp outside [-2^52, 2^52) ms",
  "invalid labels",
  "invalid native histogram",
  "series reference unknown",
  "series that brings nothing",
  "out of order exemplar",
  "invalid exemplar",
  "new series over the tenant's limit (limits.seriesMax)",
  "older than the longest retention",
];

/** True when the sender may consider the sample stored. */
export function isStored(verdict: Verdict): boolean {
  return verdict === VERDICT_WRITTEN || verdict === VERDICT_REPEATED;
}
