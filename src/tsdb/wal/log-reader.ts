/**
 * Recovery of a log: hands every record to `handle`, in log order, and reports where to go on and
 * what was damaged. Reads only, so that a crash inside recovery changes nothing and recovery may be
 * repeated at will; the log thread makes its result durable when it creates the next segment.
 *
 * Below the durable end of a segment (stated by the next segment, or by a mark further on) bytes
 * that do not verify are corruption: reported, left in place, and passed over to the next valid
 * record. Past it they are a write that never finished, and end the log.
 */
import { EngineError } from "#base/engine-error.ts";
import type { crc32c } from "#base/hash/crc32c.ts";
import type { Epoch, Seq, ShardId } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import {
  RECORD_CONFIG,
  RECORD_FLAG_MUST_UNDERSTAND,
  RECORD_MANIFESTS,
  RECORD_MARK,
  type LogRecord,
} from "#storage/log-record.ts";
import { FORMAT_UNSUPPORTED } from "#storage/storage-errors.ts";
import { LOG_BEGIN, type LogPlace } from "./log-place.ts";
import {
  corruptionsMax,
  type LogCorruption,
  type LogCorruptionKind,
  type LogProgress,
  type LogRecovery,
  type ShardChain,
} from "./log-recovery.ts";
import type { LogTail } from "./log-resume.ts";
import { decodeWitnesses, type ManifestWitness } from "./manifest-witness.ts";
import { decodeMark } from "./record-codec.ts";
import {
  logFolder,
  SEGMENT_HEADER_BYTES,
  segmentName,
  type LogIdentity,
} from "./segment-format.ts";
import { planSegments, type PlannedSegment } from "./segment-plan.ts";
import { scanWindowBytes, SegmentScanner } from "./segment-scanner.ts";

/** The payload is valid during the call, or until the promise it returns resolves. */
export type LogRecordHandler = (record: LogRecord, place: LogPlace) => void | Promise<void>;

export interface ReplayOptions {
  /** Called when a segment begins and once per window read. */
  readonly report?: (progress: LogProgress) => void;
  readonly windowBytes?: number;
  /** A faster twin of the checksum. */
  readonly checksum?: typeof crc32c | undefined;
}

/**
 * Throws `storage.format-unsupported` for a newer format or for a record that must be understood
 * and is not, `storage.corruption` for segments of another cluster or log, and what `handle` throws.
 */
export async function replayLog(
  disk: Disk,
  identity: LogIdentity,
  handle: LogRecordHandler,
  options: ReplayOptions = {},
): Promise<LogRecovery> {
  const folder = logFolder(identity.logId);
  const plan = await planSegments(disk, folder, identity);
  const replay = new LogReplay(disk, folder, handle, options, plan.segments);
  for (const one of plan.corruptions)
    replay.damaged(one.kind, one.segmentId, one.offset, one.length);
  for (const segment of plan.segments) await replay.readSegment(segment);
  return replay.finish(plan.segmentIdMax + 1);
}

class LogReplay {
  readonly #disk: Disk;
  readonly #folder: string;
  readonly #handle: LogRecordHandler;
  readonly #options: ReplayOptions;
  readonly #segments: readonly PlannedSegment[];
  readonly #bytesTotal: number;
  readonly #shards = new Map<number, ShardChain>();
  readonly #manifests = new Map<number, ManifestWitness>();
  readonly #corruptions: LogCorruption[] = [];
  #corruptionCount = 0;
  #durable: LogPlace = LOG_BEGIN;
  #end: LogPlace = LOG_BEGIN;
  #endSalt = 0;
  #tornBytes = 0;
  #batchCount = 0;
  #recordCount = 0;
  #recordBytes = 0;
  #skippedCount = 0;
  #bytesDone = 0;
  #reportedBytes = 0;

  constructor(
    disk: Disk,
    folder: string,
    handle: LogRecordHandler,
    options: ReplayOptions,
    segments: readonly PlannedSegment[],
  ) {
    this.#disk = disk;
    this.#folder = folder;
    this.#handle = handle;
    this.#options = options;
    this.#segments = segments;
    this.#bytesTotal = segments.reduce((sum, { end, size }) => sum + (end < 0 ? size : end), 0);
  }

  damaged(
    kind: LogCorruptionKind,
    segmentId: number,
    offset: number,
    length: number,
    shard = -1,
  ): void {
    this.#corruptionCount++;
    if (this.#corruptions.length === corruptionsMax) return;
    this.#corruptions.push({ kind, segmentId, offset, length, shard });
  }

  async readSegment(segment: PlannedSegment): Promise<void> {
    const { segmentId, salt, size, previous, end } = segment;
    const isNewest = end < 0;
    this.#durable = previous;
    const file = await this.#disk.open(`${this.#folder}/${segmentName(segmentId)}`, "read");
    try {
      const { windowBytes = scanWindowBytes, checksum } = this.#options;
      const limit = isNewest ? size : Math.min(end, size);
      const start = SEGMENT_HEADER_BYTES;
      const scanner = new SegmentScanner(file, salt, start, limit, windowBytes, checksum);
      let durableEnd = isNewest ? -1 : limit;
      for (;;) {
        this.#progress(segmentId, scanner.offset, windowBytes);
        const outcome = scanner.nextInWindow() ?? (await scanner.next());
        if (outcome === "end") break;
        if (outcome === "record") {
          const waits = this.#take(scanner, segmentId);
          if (waits !== undefined) await waits;
          continue;
        }
        const bad = scanner.offset;
        if (durableEnd < bad && isNewest) durableEnd = await durableEndBehind(scanner, segmentId);
        scanner.offset = bad;
        if (bad >= durableEnd) {
          this.#tornBytes = size - bad;
          break;
        }
        const next = await scanner.findNext(bad + 8);
        const goodAgain = next < 0 ? limit : next;
        this.damaged("record", segmentId, bad, goodAgain - bad);
      }
      if (!isNewest && size < end) this.damaged("short", segmentId, size, end - size);
      this.#bytesDone += scanner.offset;
      this.#end = { segmentId, offset: scanner.offset };
      this.#endSalt = salt;
    } finally {
      await file.close();
    }
  }

  finish(nextSegmentId: number): LogRecovery {
    return {
      resume: {
        nextSegmentId,
        previous: this.#durable,
        tail: this.#tail(),
        batchCount: this.#batchCount,
      },
      shards: this.#shards,
      manifests: this.#manifests,
      oldestSegmentId: this.#segments[0]?.segmentId ?? 0,
      corruptions: this.#corruptions,
      corruptionCount: this.#corruptionCount,
      tornBytes: this.#tornBytes,
      recordCount: this.#recordCount,
      recordBytes: this.#recordBytes,
      skippedCount: this.#skippedCount,
    };
  }

  #tail(): LogTail | null {
    const { segmentId, offset: end } = this.#end;
    const start =
      this.#durable.segmentId === segmentId ? this.#durable.offset : SEGMENT_HEADER_BYTES;
    return start < end ? { segmentId, salt: this.#endSalt, start, end } : null;
  }

  /** A promise only when the handler gives one: most records are taken without a turn. */
  #take(scanner: SegmentScanner, segmentId: number): void | Promise<void> {
    const { header, recordOffset, recordBytes } = scanner;
    if (header.type === RECORD_MARK) {
      const durable = decodeMark(scanner.payload);
      // The first mark of a segment repeats what the header says.
      const isHere = durable.segmentId === segmentId && durable.offset <= recordOffset;
      if (isHere) this.#durable = durable;
      this.#batchCount = Math.max(this.#batchCount, header.seq);
      return;
    }
    this.#follow(scanner, segmentId);
    this.#recordCount++;
    this.#recordBytes += recordBytes;
    if (header.type === RECORD_MANIFESTS) {
      for (const entry of decodeWitnesses(scanner.payload, header.count)) {
        this.#manifests.set(...entry);
      }
      return;
    }
    if (header.type > RECORD_CONFIG) {
      if ((header.flags & RECORD_FLAG_MUST_UNDERSTAND) !== 0) throw unknownType(scanner, segmentId);
      this.#skippedCount++;
      return;
    }
    const record: LogRecord = {
      type: header.type,
      flags: header.flags,
      count: header.count,
      payload: scanner.payload,
      shard: header.shard as ShardId,
      epoch: header.epoch as Epoch,
      seq: header.seq as Seq,
      writerId: [header.writerIdLow, header.writerIdHigh],
      writerSeq: [header.writerSeqLow, header.writerSeqHigh],
    };
    return this.#handle(record, { segmentId, offset: recordOffset });
  }

  /**
   * Checks that the record continues its shard's chain. In a log whose oldest segments were dropped
   * the first record of a shard may start anywhere; the caller knows which seq it needs.
   */
  #follow(scanner: SegmentScanner, segmentId: number): void {
    const { header, chain, recordOffset } = scanner;
    const shard = this.#shards.get(header.shard);
    if (shard === undefined) {
      const { seq } = header;
      const isWhole = this.#segments[0]?.previous.segmentId === 0;
      if (isWhole && header.prevCrc !== 0) {
        this.damaged("gap", segmentId, recordOffset, 0, header.shard);
      }
      this.#shards.set(header.shard, { chain, firstSeq: seq, lastSeq: seq, recordCount: 1 });
      return;
    }
    if (header.prevCrc !== shard.chain) {
      this.damaged("gap", segmentId, recordOffset, 0, header.shard);
    }
    shard.chain = chain;
    shard.lastSeq = header.seq;
    shard.recordCount++;
  }

  #progress(segmentId: number, offset: number, windowBytes: number): void {
    const bytesDone = this.#bytesDone + offset;
    if (offset > SEGMENT_HEADER_BYTES && bytesDone - this.#reportedBytes < windowBytes) return;
    this.#reportedBytes = bytesDone;
    const { report } = this.#options;
    report?.({
      segmentId,
      bytesDone,
      bytesTotal: this.#bytesTotal,
      recordCount: this.#recordCount,
    });
  }
}

/** Looks through the rest of the newest segment for marks: up to where was it durable? */
async function durableEndBehind(scanner: SegmentScanner, segmentId: number): Promise<number> {
  let durableEnd = 0;
  let at = await scanner.findNext(scanner.offset + 8);
  while (at >= 0) {
    const outcome = await scanner.next();
    if (outcome === "end") break;
    if (outcome === "bad") {
      at = await scanner.findNext(scanner.offset + 8);
    } else if (scanner.header.type === RECORD_MARK) {
      const place = decodeMark(scanner.payload);
      if (place.segmentId === segmentId) durableEnd = Math.max(durableEnd, place.offset);
    }
  }
  return durableEnd;
}

function unknownType(scanner: SegmentScanner, segmentId: number): EngineError {
  const { type } = scanner.header;
  const offset = scanner.recordOffset;
  return new EngineError(
    FORMAT_UNSUPPORTED,
    `cannot read segment ${segmentId} at ${offset}: record type got ${type}, want at most ${RECORD_MARK}`,
    { data: { segmentId, offset, type } },
  );
}
