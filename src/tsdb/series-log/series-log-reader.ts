/**
 * Walks the records of one series log file, window by window. Where no valid record starts it goes
 * on at the next multiple of eight bytes where one does, and tells how many places it had to pass.
 */
import type { DiskFile } from "#runtime/ports/disk.ts";
import { FILE_HEADER_BYTES } from "../block/file-header.ts";
import {
  decodeSeriesLogRecord,
  SERIES_LOG_PAYLOAD_BYTES_MAX,
  SERIES_LOG_RECORD_HEADER_BYTES,
  seriesLogRecordBytes,
  type SeriesLogRecord,
} from "./series-log-format.ts";

/** Holds the largest record whole. */
const WINDOW_BYTES: number = 2 * (SERIES_LOG_PAYLOAD_BYTES_MAX + SERIES_LOG_RECORD_HEADER_BYTES);

export class SeriesLogReader {
  readonly #file: DiskFile;
  readonly #salt: number;
  readonly #end: number;
  readonly #buffer: Uint8Array<ArrayBuffer>;
  #window: Uint8Array;
  #windowStart = FILE_HEADER_BYTES;
  /** Behind the record read last. */
  offset: number = FILE_HEADER_BYTES;
  /** First byte of the damage passed over since the record before, or -1. */
  damagedAt = -1;

  /** Nothing at or behind `end` is read. */
  constructor(file: DiskFile, salt: number, end: number) {
    this.#file = file;
    this.#salt = salt;
    this.#end = end;
    this.#buffer = new Uint8Array(Math.min(WINDOW_BYTES, Math.max(end, 0)));
    this.#window = this.#buffer.subarray(0, 0);
  }

  /** The next valid record, its payload valid until the next call; null when none follows. */
  async next(): Promise<SeriesLogRecord | null> {
    this.damagedAt = -1;
    for (let at = this.offset; at + SERIES_LOG_RECORD_HEADER_BYTES <= this.#end; at += 8) {
      await this.#provide(at);
      const record = decodeSeriesLogRecord(this.#window, at - this.#windowStart, this.#salt);
      if (record !== null) {
        this.offset = at + SERIES_LOG_RECORD_HEADER_BYTES + record.payload.length;
        return record;
      }
      if (this.damagedAt < 0) this.damagedAt = at;
    }
    return null;
  }

  /** Makes the window hold all of the record that seems to start at `at`. */
  async #provide(at: number): Promise<void> {
    const have = this.#windowStart + this.#window.length;
    const isThere = at >= this.#windowStart && at + SERIES_LOG_RECORD_HEADER_BYTES <= have;
    const bytes = isThere ? seriesLogRecordBytes(this.#window, at - this.#windowStart) : 0;
    if (isThere && (at + bytes <= have || have === this.#end)) return;
    const want = Math.min(this.#buffer.length, this.#end - at);
    const count = await this.#file.pread(this.#buffer.subarray(0, want), at);
    this.#window = this.#buffer.subarray(0, count);
    this.#windowStart = at;
  }
}
