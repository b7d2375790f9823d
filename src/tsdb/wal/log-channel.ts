/**
 * The shared memory between a shard worker and its log thread: the ring of records on their way out,
 * and one control block with the durable position and the status. Allocated once per log; the
 * object goes to both threads as it is.
 */
import { DURABLE_CURSOR_BYTES, DurableCursor } from "#runtime/worker/durable-cursor.ts";
import { allocateRing } from "#runtime/worker/spsc-ring.ts";
import { LOG_STATUS_BYTES, LogStatus } from "./log-status.ts";
import { RECORD_HEADER_BYTES, recordPayloadBytesMax } from "./record-codec.ts";

/**
 * Unsynced records stay in the ring, so this bounds what one slow sync can pile up, and half of it
 * bounds a record: 64 MiB lets through every record that the format allows.
 */
export const logRingBytesDefault: number = 64 * 1024 * 1024;

export interface LogChannel {
  readonly ring: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}

export function allocateLogChannel(ringBytes: number = logRingBytesDefault): LogChannel {
  return {
    ring: allocateRing(ringBytes),
    control: new SharedArrayBuffer(DURABLE_CURSOR_BYTES + LOG_STATUS_BYTES),
  };
}

/** Position = bytes of records handed to the log in this life, headers included, marks not. */
export function durableCursorOf(channel: LogChannel): DurableCursor {
  return new DurableCursor(channel.control, 0);
}

export function logStatusOf(channel: LogChannel): LogStatus {
  return new LogStatus(channel.control, DURABLE_CURSOR_BYTES);
}

/** Largest payload that fits both the format and a ring that takes frames of `frameBytesMax`. */
export function recordPayloadBytesMaxOf(frameBytesMax: number): number {
  const room = frameBytesMax - RECORD_HEADER_BYTES;
  return Math.min(recordPayloadBytesMax, room - (room % 8));
}
