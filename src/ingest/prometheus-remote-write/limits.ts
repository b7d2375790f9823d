/** Numbers of the remote-write door, each with its reason. Body sizes are the appender's own. */

/** Long enough for the group commits of a full queue to drain, short against senders' backoff. */
export const RETRY_AFTER_SECONDS = 1;

/** Stock senders keep 1,024 bytes of the first line of an answer. */
export const FIRST_LINE_CHARACTERS_MAX = 1000;

/** Further rejections, one line each: enough to see the pattern, little enough to read. */
export const REJECTION_LINES_MAX = 20;
