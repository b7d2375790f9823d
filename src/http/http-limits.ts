/** Limits of the listener that no operator needs to turn, each with the reason for its number. */

/** Room for a long query in the address (Grafana posts longer ones); sixteen would fill a MiB. */
export const HEADER_BYTES_MAX: number = 64 * 1024;
/** Browsers and senders use about twenty. */
export const HEADERS_MAX = 100;
/** A form of parameters: the longest real queries are tens of KiB. */
export const FORM_BYTES_MAX: number = 1024 * 1024;
/** Above the 90 s after which Go clients drop idle connections, so that they close first. */
export const KEEP_ALIVE_MS = 120_000;
/** How often Node.js looks for connections past their deadline. */
export const DEADLINE_CHECK_MS = 1000;
/** Reads and writes being answered at a time; each holds at most one form or one body slot. */
export const REQUESTS_IN_FLIGHT_MAX = 1024;
/** Imports under way: each may hold a line of 10 MiB and two batches, a quarter of a GiB in all. */
export const IMPORTS_IN_FLIGHT_MAX = 16;
/** Unread bytes worth reading to keep a connection that was answered early. */
export const DISCARD_BYTES_MAX: number = 64 * 1024;
/** Unread bytes taken before a connection that was answered early is cut; see `send-answer.ts`. */
export const LINGER_BYTES_MAX: number = 1024 * 1024;
export const LINGER_MS = 1000;
/** A client that takes nothing of a streamed answer for this long is gone, or should be. */
export const STREAM_STALL_MS = 60_000;
/** Connections waiting for `accept`; the kernel cuts it to its own limit. */
export const ACCEPT_BACKLOG = 1024;
/** With this share of connections in use, idle ones make room. */
export const CONNECTIONS_HIGH_SHARE = 0.9;
