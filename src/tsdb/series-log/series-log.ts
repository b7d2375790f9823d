/**
 * The series log of one shard: the labels of live series by cut, so that the write-ahead log can be
 * cut without rewriting them. `append` has made a cut durable when it resolves; only then may the
 * manifest name the cut as flushed. One owner at a time, one call at a time.
 *
 * After a failed write or sync the file is never written again: the next cut makes a whole file.
 */
import { assert, must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";
import { RECORD_SERIES, type LogRecordDraft } from "#storage/log-record.ts";
import { ensureFolder } from "../block/ensure-folder.ts";
import { encodeFileHeader, fileSalt, type FileOwner } from "../block/file-header.ts";
import { TEMPORARY_SUFFIX, TemporaryFile } from "../block/temporary-file.ts";
import {
  continuesRecord,
  encodeSeriesLogRecord,
  SERIES_LOG_FORMAT,
  SERIES_LOG_FURTHER,
  SERIES_LOG_WHOLE,
  seriesLogFileIdOf,
  seriesLogFileName,
  seriesLogFolder,
  type SeriesLogRecord,
} from "./series-log-format.ts";
import { loadSeriesLog, type SeriesLogLoad, type TakeSeriesRecord } from "./series-log-load.ts";

/** More files than this are read at every start: they are made one. */
const FILES_MAX = 16;
/** Below this a rewrite is not worth its syncs, however many of the series are dead. */
const GARBAGE_SERIES_MIN = 4096;

export interface SeriesLogOptions {
  readonly disk: Disk;
  readonly owner: FileOwner;
  /** The cut up to which the manifest says that samples are in blocks. */
  readonly flushedSeq: number;
}

/** What a cut brings: `ShardStore.seriesRecords` and `stats().seriesCount`. */
export interface SeriesLogCut {
  readonly liveSeries: number;
  records(which: "new" | "all"): SeriesRecordSource;
}

/** As `SeriesRecordCursor`, which may live in another thread. */
export interface SeriesRecordSource {
  next(): LogRecordDraft | null | Promise<LogRecordDraft | null>;
}

interface OpenFile {
  readonly file: DiskFile;
  readonly salt: number;
  length: number;
}

export class SeriesLog {
  /** How the load went. */
  readonly loaded: SeriesLogLoad;
  readonly #disk: Disk;
  readonly #owner: FileOwner;
  readonly #folder: string;
  #fileIds: readonly number[];
  #newestFileId: number;
  /** Series in the files, dead ones included. */
  #seriesCount: number;
  #open: OpenFile | null = null;
  /** A write failed: nothing goes on behind the files that are there. */
  #isBroken = false;
  #isBusy = false;

  private constructor(options: SeriesLogOptions, loaded: SeriesLogLoad) {
    this.loaded = loaded;
    this.#disk = options.disk;
    this.#owner = options.owner;
    this.#folder = seriesLogFolder(options.owner.shard);
    this.#fileIds = loaded.fileIds;
    this.#newestFileId = loaded.newestFileId;
    this.#seriesCount = loaded.seriesCount;
    // Never go on behind damage: a whole file heals it.
    this.#isBroken = loaded.end === null || loaded.corruptions.length > 0;
  }

  /** Reads what there is into a fresh store, before anything is replayed; writes nothing. */
  static async open(options: SeriesLogOptions, take: TakeSeriesRecord): Promise<SeriesLog> {
    const { disk, owner, flushedSeq } = options;
    return new SeriesLog(options, await loadSeriesLog(disk, owner, flushedSeq, take));
  }

  /** Throws what the disk throws; the cut may be tried again and is then written whole. */
  async append(cut: SeriesLogCut): Promise<void> {
    assert(!this.#isBusy, "series log: two calls at once");
    this.#isBusy = true;
    try {
      const garbage = this.#seriesCount - cut.liveSeries;
      const isWasteful = garbage > Math.max(cut.liveSeries, GARBAGE_SERIES_MIN);
      if (this.#isBroken || isWasteful || this.#fileIds.length >= FILES_MAX) {
        await this.#writeWhole(cut);
      } else {
        await this.#writeFurther(cut);
      }
    } catch (error) {
      this.#isBroken = true;
      await this.#leave();
      throw error;
    } finally {
      this.#isBusy = false;
    }
  }

  /** Removes files that the log no longer needs. Call it when the manifest knows the newest cut. */
  async removeOld(): Promise<void> {
    for (const name of await this.#disk.list(this.#folder)) {
      const isTemporary = name.endsWith(TEMPORARY_SUFFIX);
      const id = seriesLogFileIdOf(name);
      const isOld = id > 0 && id < (this.#fileIds[0] ?? 0);
      if (isTemporary || isOld) await this.#disk.unlink(`${this.#folder}/${name}`);
    }
  }

  async close(): Promise<void> {
    assert(!this.#isBusy, "series log: closed during a call");
    await this.#leave();
  }

  async #writeWhole(cut: SeriesLogCut): Promise<void> {
    await this.#leave();
    let seriesCount = 0;
    const fileId = await this.#make(SERIES_LOG_WHOLE, async function* () {
      for await (const draft of recordsOf(cut.records("all"))) {
        if (draft.type === RECORD_SERIES) seriesCount += draft.count;
        yield draft;
      }
    });
    this.#fileIds = [fileId];
    this.#seriesCount = seriesCount;
    this.#isBroken = false;
  }

  async #goOn(): Promise<OpenFile> {
    const place = must(this.loaded.end, "series log: end of what was read");
    const fileId = await this.#make(SERIES_LOG_FURTHER, () => [continuesRecord(place)]);
    this.#fileIds = [...this.#fileIds, fileId];
    return must(this.#open, "series log: file just made");
  }

  /** Makes a file of `records` that is durable when it has its name; it takes what follows. */
  async #make(
    tag: number,
    records: () => Iterable<SeriesLogRecord> | AsyncIterable<SeriesLogRecord>,
  ): Promise<number> {
    await ensureFolder(this.#disk, this.#folder);
    this.#newestFileId++;
    const fileId = this.#newestFileId;
    const path = `${this.#folder}/${seriesLogFileName(fileId)}`;
    const making = await TemporaryFile.create(this.#disk, path);
    try {
      const header = encodeFileHeader(SERIES_LOG_FORMAT, this.#owner, fileId, tag);
      const salt = fileSalt(header);
      await making.append(header);
      for await (const record of records())
        await making.append(encodeSeriesLogRecord(salt, record));
      await making.sync();
      await making.publish();
      const file = await this.#disk.open(path, "write");
      this.#open = { file, salt, length: making.length };
    } catch (error) {
      await making.discard();
      throw error;
    }
    return fileId;
  }

  async #writeFurther(cut: SeriesLogCut): Promise<void> {
    const open = this.#open ?? (await this.#goOn());
    let length = open.length;
    let seriesCount = 0;
    for await (const draft of recordsOf(cut.records("new"))) {
      if (draft.type === RECORD_SERIES) seriesCount += draft.count;
      const bytes = encodeSeriesLogRecord(open.salt, draft);
      await writeAll(open.file, bytes, length);
      length += bytes.length;
    }
    await open.file.datasync();
    open.length = length;
    this.#seriesCount += seriesCount;
  }

  async #leave(): Promise<void> {
    const open = this.#open;
    this.#open = null;
    try {
      await open?.file.close();
    } catch (error) {
      // It is never written again either way.
      if (!(error instanceof EngineError)) throw error;
    }
  }
}

async function* recordsOf(source: SeriesRecordSource): AsyncGenerator<LogRecordDraft> {
  for (let draft = await source.next(); draft !== null; draft = await source.next()) yield draft;
}

async function writeAll(file: DiskFile, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const count = await file.pwrite(bytes.subarray(done), offset + done);
    assert(count > 0, () => `${file.path}: the disk wrote nothing and reported no error`);
    done += count;
  }
}
