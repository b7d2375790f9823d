/**
 * What `hashSeries` uses around the bytes it is given (plain integer constants only, see
 * `kernel-codes.ts`).
 */
/** In front of the labels: the tenant, which both hashes begin with. */
export const SERIES_HASH_PREFIX_BYTES = 4;
/** Fingerprint, then placement. */
export const SERIES_HASH_RESULT_BYTES = 16;
/** Behind the result, besides as many bytes as the labels have: tenant, an empty job, lane. */
export const SERIES_HASH_MORE_BYTES = 9;
