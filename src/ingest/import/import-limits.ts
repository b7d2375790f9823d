/** Bounds of an import, each with the reason for its number. */

/** As the peers take it; a series of half a million samples in one line. */
export const LINE_BYTES_MAX: number = 10 * 1024 * 1024;
/** A few hundred kilobytes keep the group commits busy and the memory of a thousand imports small. */
export const BATCH_BYTES_MAX: number = 512 * 1024;
/** One batch is read while another becomes durable. */
export const BATCHES_IN_FLIGHT_MAX = 2;
/** Bad lines told one by one; the rest is counted. */
export const BAD_LINES_TOLD_MAX = 20;
/** Long enough for a flush to make room, short enough for a client to notice it was answered. */
export const PARK_MS_MAX = 30_000;
export const PARK_STEP_MS = 100;
/** What storage takes by default: see "Fixed once" of the label format. */
export const LABELS_MAX = 64;
export const LABEL_NAME_BYTES_MAX = 256;
export const LABEL_VALUE_BYTES_MAX = 4096;
