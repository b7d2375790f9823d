/**
 * The log thread's hold on the one segment it appends to. `create` makes a segment durable before
 * anything in it can be acknowledged; after a failure the file goes through `abandon` and is never
 * written again. `write` may write short, as the disk does.
 */
import { assert, must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { Disk, DiskFile } from "#runtime/ports/disk.ts";
import { RECORD_MARK } from "#storage/log-record.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { LogBatch } from "./log-batch.ts";
import type { LogTail } from "./log-resume.ts";
import {
  encodeSegmentHeader,
  SEGMENT_HEADER_BYTES,
  segmentName,
  type LogIdentity,
  type SegmentHeader,
} from "./segment-format.ts";
import { scanWindowBytes, SegmentScanner } from "./segment-scanner.ts";

/** Marks of copied records: no batch of this life. */
const COPIED_BATCH = 0;

export interface SegmentWriterOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly identity: LogIdentity;
  /** Only for the test that a missing sync is noticed. */
  readonly unsafeSkipSync: boolean;
}

export class SegmentWriter {
  readonly #options: SegmentWriterOptions;
  #hasFolder = false;
  #file: DiskFile | null = null;

  constructor(options: SegmentWriterOptions) {
    this.#options = options;
  }

  /**
   * Creates the segment and returns the bytes of `tail` it now holds behind its header. The copy is
   * synced before the header is written: a header that can be read vouches for the copy, because it
   * declares the original dead.
   */
  async create(header: SegmentHeader, tail: LogTail | null): Promise<number> {
    assert(this.#file === null, "segment writer: create with an open segment");
    const { disk, folder, identity } = this.#options;
    if (!this.#hasFolder) await this.#createFolder();
    this.#file = await disk.open(`${folder}/${segmentName(header.segmentId)}`, "create");
    let tailBytes = 0;
    if (tail !== null) {
      tailBytes = await this.#copy(tail, header);
      await this.sync();
    }
    await this.#writeAll(encodeSegmentHeader(identity, header), 0);
    await this.sync();
    if (!this.#options.unsafeSkipSync) await disk.syncDir(folder);
    return tailBytes;
  }

  async #createFolder(): Promise<void> {
    const { disk, folder } = this.#options;
    await disk.mkdir(folder);
    const parts = folder.split("/");
    for (let i = 0; i < parts.length; i++) await disk.syncDir(parts.slice(0, i).join("/"));
    this.#hasFolder = true;
  }

  async write(bytes: Uint8Array, offset: number): Promise<number> {
    return must(this.#file, "segment writer: open segment").pwrite(bytes, offset);
  }

  async sync(): Promise<void> {
    if (this.#options.unsafeSkipSync) return;
    await must(this.#file, "segment writer: open segment").datasync();
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  /** After a failure. An empty segment is removed when that is possible; it never counted. */
  async abandon(isEmpty: boolean): Promise<void> {
    const file = this.#file;
    this.#file = null;
    if (file === null) return;
    try {
      await file.close();
      if (isEmpty) await this.#options.disk.unlink(file.path);
    } catch (error) {
      // The disk is failing already, and a left-over file is dead to every reader.
      if (!(error instanceof EngineError)) throw error;
    }
  }

  async #copy(tail: LogTail, header: SegmentHeader): Promise<number> {
    const { disk, folder } = this.#options;
    const file = await disk.open(`${folder}/${segmentName(tail.segmentId)}`, "read");
    try {
      const scanner = new SegmentScanner(file, tail.salt, tail.start, tail.end);
      const batch = new LogBatch(tail.end - tail.start);
      let copied = 0;
      for (;;) {
        const outcome = await scanner.next();
        if (outcome === "bad") throw lostTail(file.path, scanner.offset);
        if (outcome === "record" && scanner.header.type !== RECORD_MARK) {
          batch.add(scanner.bytes, scanner.recordStart, scanner.recordBytes, scanner.chain);
        }
        const isFull = batch.recordBytes >= scanWindowBytes;
        if (batch.count > 0 && (isFull || outcome === "end")) {
          batch.seal(header.salt, COPIED_BATCH, header.previous);
          await this.#writeAll(batch.bytes, SEGMENT_HEADER_BYTES + copied);
          copied += batch.bytes.length;
          batch.reset();
        }
        if (outcome === "end") return copied;
      }
    } finally {
      await file.close();
    }
  }

  async #writeAll(bytes: Uint8Array, offset: number): Promise<void> {
    let done = 0;
    while (done < bytes.length) {
      const count = await this.write(bytes.subarray(done), offset + done);
      assert(count > 0, "segment writer: the disk wrote nothing and reported no error");
      done += count;
    }
  }
}

function lostTail(path: string, offset: number): EngineError {
  return new EngineError(
    CORRUPTION,
    `cannot copy the tail of ${path}: the record at ${offset} was valid and no longer is`,
    { data: { path, offset } },
  );
}
