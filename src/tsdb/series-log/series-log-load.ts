/**
 * Reads the series log of a shard: the newest whole file, then the further files that go on behind
 * it, up to the cut that the manifest vouches for. Writes nothing, so a crash inside changes nothing.
 */
import { EngineError, isErrorOf } from "#base/engine-error.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import {
  RECORD_CUT,
  RECORD_EXEMPLARS,
  RECORD_METADATA,
  RECORD_SERIES,
  type LogRecordDraft,
} from "#storage/log-record.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { decodeFileHeader, FILE_HEADER_BYTES, type FileOwner } from "../block/file-header.ts";
import { readRange } from "../block/read-range.ts";
import {
  continuedPlace,
  SERIES_LOG_FORMAT,
  SERIES_LOG_FURTHER,
  seriesLogFileIdOf,
  seriesLogFileName,
  seriesLogFolder,
  type SeriesLogPlace,
} from "./series-log-format.ts";
import { SeriesLogReader } from "./series-log-reader.ts";
import { seqOfCut } from "./seq-of-cut.ts";

/**
 * `file`: a file is not what its name says, the ones before it were taken. `records`: series are lost
 * inside a file. `short`: the log ends before the manifest's flushed cut.
 */
export type SeriesLogCorruptionKind = "file" | "records" | "short";

export interface SeriesLogCorruption {
  readonly kind: SeriesLogCorruptionKind;
  readonly path: string;
  readonly offset: number;
  readonly cause: string;
}

export interface SeriesLogLoad {
  /** Newest file number in the folder; 0 when there is none. */
  readonly newestFileId: number;
  /** Files of the log, oldest first. */
  readonly fileIds: readonly number[];
  /** Where the log ends; null when there is none. */
  readonly end: SeriesLogPlace | null;
  /** Series records in these files, dropped series included. */
  readonly seriesCount: number;
  /** Empty on a sound log. */
  readonly corruptions: readonly SeriesLogCorruption[];
}

/** Records of other types are passed over. */
const KEPT_TYPES: readonly number[] = [
  RECORD_SERIES,
  RECORD_EXEMPLARS,
  RECORD_METADATA,
  RECORD_CUT,
];

interface LogFile {
  readonly fileId: number;
  readonly salt: number;
  readonly isWhole: boolean;
  /** Bytes that count. */
  readonly end: number;
}

/** Takes records in order; a payload is valid during the call. */
export type TakeSeriesRecord = (draft: LogRecordDraft) => void;

/** Throws `storage.format-unsupported` for a newer version; damage is in the answer. */
export async function loadSeriesLog(
  disk: Disk,
  owner: FileOwner,
  flushedSeq: number,
  take: TakeSeriesRecord,
): Promise<SeriesLogLoad> {
  return await new SeriesLogLoader(disk, owner, flushedSeq, take).load();
}

class SeriesLogLoader {
  readonly #disk: Disk;
  readonly #owner: FileOwner;
  readonly #folder: string;
  readonly #flushedSeq: number;
  readonly #take: TakeSeriesRecord;
  readonly #corruptions: SeriesLogCorruption[] = [];
  #seriesCount = 0;
  #coveredSeq = 0;

  constructor(disk: Disk, owner: FileOwner, flushedSeq: number, take: TakeSeriesRecord) {
    this.#disk = disk;
    this.#owner = owner;
    this.#folder = seriesLogFolder(owner.shard);
    this.#flushedSeq = flushedSeq;
    this.#take = take;
  }

  async load(): Promise<SeriesLogLoad> {
    const ids = (await this.#disk.list(this.#folder)).map(seriesLogFileIdOf).filter((id) => id > 0);
    ids.sort((a, b) => b - a);
    const files = await this.#trim(await this.#chain(ids));
    for (const file of files) await this.#read(file);
    const last = files.at(-1);
    const end = last === undefined ? null : { fileId: last.fileId, offset: last.end };
    if (this.#coveredSeq < this.#flushedSeq) {
      const cause = `ends with record ${this.#coveredSeq}, flushed is ${this.#flushedSeq}`;
      this.#note("short", end?.fileId ?? 0, end?.offset ?? 0, cause);
    }
    return {
      newestFileId: ids[0] ?? 0,
      fileIds: files.map(({ fileId }) => fileId),
      end,
      seriesCount: this.#seriesCount,
      corruptions: this.#corruptions,
    };
  }

  /** The files of the log, oldest first: back from the newest file that leads to a whole one. */
  async #chain(ids: readonly number[]): Promise<readonly LogFile[]> {
    for (const newest of ids) {
      const files: LogFile[] = [];
      let next: SeriesLogPlace | null = { fileId: newest, offset: Infinity };
      while (next !== null) {
        const opened: OpenedFile | null = ids.includes(next.fileId)
          ? await this.#inspect(next)
          : null;
        if (opened === null) break;
        files.unshift(opened.file);
        next = opened.before;
      }
      if (files[0]?.isWhole === true) return files;
    }
    return [];
  }

  /** Null when the file is not what its name says. */
  async #inspect({ fileId, offset }: SeriesLogPlace): Promise<OpenedFile | null> {
    const path = this.#path(fileId);
    const file = await this.#disk.open(path, "read");
    try {
      const size = await file.size();
      const header = await readRange(file, 0, FILE_HEADER_BYTES);
      const { salt, tag } = decodeFileHeader(header, path, SERIES_LOG_FORMAT, this.#owner, fileId);
      const end = Math.min(size, offset);
      if (tag !== SERIES_LOG_FURTHER) {
        return { file: { fileId, salt, isWhole: true, end }, before: null };
      }
      const first = await new SeriesLogReader(file, salt, end).next();
      const before = first === null ? null : continuedPlace(first);
      if (before !== null) return { file: { fileId, salt, isWhole: false, end }, before };
      this.#note("file", fileId, FILE_HEADER_BYTES, "does not say which file it goes on behind");
      return null;
    } catch (error) {
      if (!isErrorOf(error, CORRUPTION) || !(error instanceof EngineError)) throw error;
      this.#note("file", fileId, 0, error.message);
      return null;
    } finally {
      await file.close();
    }
  }

  /**
   * Ends the chain where the manifest's word ends. A last file without a cut that counts is left out
   * altogether, because nobody vouched for its being there.
   */
  async #trim(files: readonly LogFile[]): Promise<readonly LogFile[]> {
    const last = files.at(-1);
    if (last === undefined) return files;
    const end = await this.#vouchedEnd(last);
    const kept = files.slice(0, -1);
    if (end !== null) return [...kept, { ...last, end }];
    return await this.#trim(kept);
  }

  /** Behind the last cut that the manifest knows of, or the one that made a whole file. */
  async #vouchedEnd({ fileId, salt, end, isWhole }: LogFile): Promise<number | null> {
    const file = await this.#disk.open(this.#path(fileId), "read");
    try {
      const reader = new SeriesLogReader(file, salt, end);
      let vouched = isWhole ? FILE_HEADER_BYTES : null;
      let isFirst = isWhole;
      for (let record = await reader.next(); record !== null; record = await reader.next()) {
        if (record.type !== RECORD_CUT) continue;
        if (!isFirst && seqOfCut(record.payload) > this.#flushedSeq) break;
        isFirst = false;
        vouched = reader.offset;
      }
      return vouched;
    } finally {
      await file.close();
    }
  }

  /** Hands out the records of a file. */
  async #read({ fileId, salt, end }: LogFile): Promise<void> {
    const file = await this.#disk.open(this.#path(fileId), "read");
    try {
      const reader = new SeriesLogReader(file, salt, end);
      for (let record = await reader.next(); record !== null; record = await reader.next()) {
        if (reader.damagedAt >= 0) this.#noteDamage(fileId, reader.damagedAt);
        const { type, count, payload } = record;
        if (type === RECORD_CUT) this.#coveredSeq = seqOfCut(payload);
        if (type === RECORD_SERIES) this.#seriesCount += count;
        if (KEPT_TYPES.includes(type)) this.#take({ type, flags: 0, count, payload });
      }
      if (reader.offset < end) this.#noteDamage(fileId, reader.offset);
    } finally {
      await file.close();
    }
  }

  #noteDamage(fileId: number, offset: number): void {
    this.#note("records", fileId, offset, "no valid record starts here");
  }

  #note(kind: SeriesLogCorruptionKind, fileId: number, offset: number, cause: string): void {
    const path = fileId === 0 ? this.#folder : this.#path(fileId);
    this.#corruptions.push({ kind, path, offset, cause });
  }

  #path(fileId: number): string {
    return `${this.#folder}/${seriesLogFileName(fileId)}`;
  }
}

interface OpenedFile {
  readonly file: LogFile;
  /** What it goes on behind. */
  readonly before: SeriesLogPlace | null;
}
