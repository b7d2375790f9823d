/**
 * The body decoder over the kernels: decompress, walk, identify by exact raw label bytes, and put
 * labels into canonical form on demand. Not shared between threads; what `decode` returns are views
 * that the next `decode` overwrites.
 */
import { EngineError } from "#base/engine-error.ts";
import {
  CANONICAL_FAULT_NAME,
  CANONICAL_FAULT_NAME_BYTES,
  CANONICAL_FLAGS,
  CANONICAL_NO_LABELS,
  CANONICAL_NO_METRIC_NAME,
  CANONICAL_SOURCE,
  CANONICAL_SOURCE_BYTES,
  CANONICAL_WRITTEN,
} from "#kernels/layout/canonical-layout.ts";
import {
  EXPAND_EMPTY_TOTAL,
  EXPAND_FAULT_OFFSET,
  EXPAND_SOURCE_BYTES,
  EXPAND_WRITTEN,
} from "#kernels/layout/expand-layout.ts";
import {
  IDENTITY_ARENA_NEXT,
  IDENTITY_ARENA_START,
  IDENTITY_COUNT,
  IDENTITY_RECORDS_END,
  RECORD_BYTES,
} from "#kernels/layout/identity-layout.ts";
import {
  EXPAND_FULL,
  SNAPPY_TOO_LARGE,
  SYMBOLS_FULL,
  WALK_FIELDS_FULL,
  WALK_RANGES_FULL,
  WALK_ROWS_FULL,
  WALK_SAMPLES_FULL,
} from "#kernels/layout/kernel-codes.ts";
import {
  RANGE_BYTES,
  RANGE_EXEMPLAR,
  RANGE_HISTOGRAM,
  RANGE_KIND,
  WALK_FAULT_OFFSET,
  WALK_PREVIOUS_ID,
  WALK_RANGE_TOTAL,
  WALK_ROW_TOTAL,
  WALK_SAMPLE_TOTAL,
  WALK_SCOPE,
  WALK_SOURCE,
  WALK_SOURCE_BYTES,
  WALK_UNPREDICTED_END,
} from "#kernels/layout/walk-layout.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import { describeKernelCode } from "#kernels/kernel-error.ts";
import type { PlacementOptions } from "#model/placement.ts";
import type { BodyEncoding, BodyOptions } from "#storage/body-appender.ts";
import { BODY_MALFORMED, BODY_TOO_LARGE } from "#storage/storage-errors.ts";
import { ID_UNKNOWN } from "./body-decoder.ts";
import type { BodyDecoder, CanonicalLabels, DecodedBody } from "./body-decoder.ts";
import {
  allocateDecoderRegions,
  LABEL_NAME_BYTES_MAX,
  LABELS_SOURCE_BYTES_MAX,
} from "./decoder-regions.ts";
import type { DecoderLimits, DecoderRegions } from "./decoder-regions.ts";
import { getField, putField } from "./kernel-frame.ts";
import { ItemReader } from "./item-reader.ts";
import { RowRouter } from "./row-router.ts";
import { unzstd } from "./unzstd.ts";

export interface KernelBodyDecoderOptions extends DecoderLimits {
  readonly kernels: Kernels;
}

/** The message is sound, but there is more of something than one body may hold. */
const LIMIT_CODES = [
  WALK_ROWS_FULL,
  WALK_SAMPLES_FULL,
  WALK_RANGES_FULL,
  WALK_FIELDS_FULL,
  SYMBOLS_FULL,
  EXPAND_FULL,
];
const DECOMPRESSED = "decompressed body";
/** Senders whose last series is remembered; beyond it all start again. */
const SENDERS_MAX = 4096;

export class KernelBodyDecoder implements BodyDecoder {
  readonly #kernels: Kernels;
  readonly #options: KernelBodyDecoderOptions;
  readonly #at: DecoderRegions;
  readonly items: ItemReader;
  readonly #lastIds = new Map<string, number>();
  #rowCount = 0;
  /** Rows that have no id have none below this one. */
  #idsAtDecode = 0;
  /** The order of the rows from here on was known, and led to their ids. */
  #unpredictedEnd = 0;
  #scope = 0;
  /** Bytes of the labels put into canonical form last. */
  #written = 0;
  #sender = "";

  constructor(options: KernelBodyDecoderOptions) {
    this.#kernels = options.kernels;
    this.#options = options;
    this.#at = allocateDecoderRegions(options.kernels, options);
    const { kernels, seed } = options;
    const { ranges, hash } = this.#at;
    this.items = new ItemReader({
      kernels,
      ranges,
      hash,
      seed,
      canonicaliseRow: (row) => this.canonicalise(row),
      canonicaliseExemplar: (at, bytes) => this.#canonicalise(at, bytes, false),
    });
  }

  decode(body: Uint8Array, options: BodyOptions): DecodedBody {
    const rawBytes = this.#decompress(body, options.encoding);
    const isSymbolic = options.format === "remote-write-2";
    const sourceBytes = isSymbolic ? this.#expand(rawBytes) : rawBytes;
    const { calls, memory } = this.#kernels;
    const { u32, f64 } = memory.views();
    const frame = { at: this.#at.walk, view: u32 };
    this.#scope = options.tenant;
    this.#sender = options.sender;
    putField(frame, WALK_SOURCE, isSymbolic ? this.#at.expanded : this.#at.raw);
    putField(frame, WALK_SOURCE_BYTES, sourceBytes);
    putField(frame, WALK_SCOPE, this.#scope);
    putField(frame, WALK_PREVIOUS_ID, this.#lastIds.get(this.#sender) ?? ID_UNKNOWN);
    const code = calls.walkWriteRequest(this.#at.walk);
    if (code < 0) {
      const what = isSymbolic ? "body with its symbols written out" : DECOMPRESSED;
      throw walkError(code, getField(frame, WALK_FAULT_OFFSET), what);
    }
    const rowCount = getField(frame, WALK_ROW_TOTAL);
    const sampleCount = getField(frame, WALK_SAMPLE_TOTAL);
    const unpredictedEnd = getField(frame, WALK_UNPREDICTED_END);
    calls.identityLookup(
      this.#at.table,
      this.#scope,
      this.#at.labelsOffset,
      this.#at.labelsBytes,
      this.#at.ids,
      unpredictedEnd,
    );
    this.#rowCount = rowCount;
    this.#idsAtDecode = u32[(this.#at.table + IDENTITY_COUNT) / 4]!;
    this.#unpredictedEnd = unpredictedEnd;
    const at = this.#at;
    const column = (address: number, count: number): Uint32Array =>
      u32.subarray(address / 4, address / 4 + count);
    const ranges = column(at.ranges, (RANGE_BYTES / 4) * getField(frame, WALK_RANGE_TOTAL));
    return {
      rowCount,
      sampleCount,
      ids: column(at.ids, rowCount),
      labelBytes: column(at.labelsBytes, rowCount),
      sampleStarts: column(at.sampleStarts, rowCount + 1),
      timestamps: f64.subarray(at.times / 8, at.times / 8 + sampleCount),
      valueWords: column(at.values, 2 * sampleCount),
      itemCount: getField(frame, WALK_RANGE_TOTAL),
      histogramCount: countRanges(ranges, RANGE_HISTOGRAM),
      exemplarCount: countRanges(ranges, RANGE_EXEMPLAR),
      emptySeriesCount: isSymbolic ? getField({ at: at.expand, view: u32 }, EXPAND_EMPTY_TOTAL) : 0,
    };
  }

  rowRouter(shardLogs: Uint16Array): RowRouter {
    const { ids, sampleStarts, times, values, table } = this.#at;
    const kernels = this.#kernels;
    return new RowRouter({ kernels, ids, sampleStarts, times, values, table, shardLogs });
  }

  remember(row: number): number {
    const { calls, memory } = this.#kernels;
    const { u32 } = memory.views();
    const source = u32[this.#at.labelsOffset / 4 + row]!;
    const bytes = u32[this.#at.labelsBytes / 4 + row]!;
    const id = calls.identityInsert(this.#at.table, this.#scope, source, bytes, this.#idsAtDecode);
    u32[this.#at.ids / 4 + row] = id;
    return id;
  }

  learnOrder(): void {
    const previous = this.#lastIds.get(this.#sender) ?? ID_UNKNOWN;
    const { calls } = this.#kernels;
    const end = this.#unpredictedEnd;
    let last = calls.identityLink(this.#at.table, this.#at.ids, end, previous);
    const { u32 } = this.#kernels.memory.views();
    if (end < this.#rowCount) last = u32[this.#at.ids / 4 + this.#rowCount - 1]!;
    if (this.#lastIds.size >= SENDERS_MAX) this.#lastIds.clear();
    this.#lastIds.set(this.#sender, last);
  }

  get identityBytes(): number {
    const { u32 } = this.#kernels.memory.views();
    const at = (field: number): number => u32[(this.#at.table + field) / 4]!;
    const arena = at(IDENTITY_ARENA_NEXT) - at(IDENTITY_ARENA_START);
    return arena + at(IDENTITY_COUNT) * RECORD_BYTES;
  }

  isFull(): boolean {
    const { u32 } = this.#kernels.memory.views();
    const at = (field: number): number => u32[(this.#at.table + field) / 4]!;
    const recordsStart = at(IDENTITY_RECORDS_END) - at(IDENTITY_COUNT) * RECORD_BYTES;
    // Room for one body's new labels: being full inside a body costs decoding it twice.
    return recordsStart - at(IDENTITY_ARENA_NEXT) < this.#options.identityBytesMax / 8;
  }

  forget(): void {
    this.#idsAtDecode = 0;
    this.#kernels.calls.identityClear(this.#at.table);
    this.#lastIds.clear();
  }

  canonicalise(row: number): CanonicalLabels {
    const { u32 } = this.#kernels.memory.views();
    const source = u32[this.#at.labelsOffset / 4 + row]!;
    return this.#canonicalise(source, u32[this.#at.labelsBytes / 4 + row]!, true);
  }

  hashSeries(options: PlacementOptions, fingerprint: Uint32Array, placement: Uint32Array): void {
    const { target, seriesHash } = this.#at;
    const { seed, lanes } = options;
    const { calls, memory } = this.#kernels;
    calls.hashSeries(target, this.#written, this.#scope, seed[0], seed[1], lanes, seriesHash);
    const { u32 } = memory.views();
    fingerprint[0] = u32[seriesHash / 4]!;
    fingerprint[1] = u32[seriesHash / 4 + 1]!;
    placement[0] = u32[seriesHash / 4 + 2]!;
    placement[1] = u32[seriesHash / 4 + 3]!;
  }

  /** The label fields of a series, or of something that needs no metric name and no labels. */
  #canonicalise(source: number, sourceBytes: number, isSeries: boolean): CanonicalLabels {
    const { calls, memory } = this.#kernels;
    const { u32, u8 } = memory.views();
    const frame = { at: this.#at.canonical, view: u32 };
    const invalid = (reason: string): CanonicalLabels => ({ kind: "invalid", sourceBytes, reason });
    if (sourceBytes > LABELS_SOURCE_BYTES_MAX) return invalid("the labels are too long together");
    putField(frame, CANONICAL_SOURCE, source);
    putField(frame, CANONICAL_SOURCE_BYTES, sourceBytes);
    const code = calls.canonicaliseLabels(this.#at.canonical);
    if (code < 0) {
      const name = getField(frame, CANONICAL_FAULT_NAME);
      const nameBytes = u8.subarray(name, name + getField(frame, CANONICAL_FAULT_NAME_BYTES));
      return invalid(`${describeKernelCode(code)}${nameText(nameBytes)}`);
    }
    const flags = isSeries ? getField(frame, CANONICAL_FLAGS) : 0;
    if ((flags & CANONICAL_NO_LABELS) !== 0) return invalid("no labels");
    if ((flags & CANONICAL_NO_METRIC_NAME) !== 0) return invalid("label __name__ is missing");
    this.#written = getField(frame, CANONICAL_WRITTEN);
    const bytes = u8.subarray(this.#at.target, this.#at.target + this.#written);
    return { kind: "valid", sourceBytes, bytes };
  }

  /** Writes the symbols of the raw body out; the bytes that it then has. */
  #expand(rawBytes: number): number {
    const { calls, memory } = this.#kernels;
    const frame = { at: this.#at.expand, view: memory.views().u32 };
    putField(frame, EXPAND_SOURCE_BYTES, rawBytes);
    const code = calls.expandRequest(this.#at.expand);
    if (code < 0) throw walkError(code, getField(frame, EXPAND_FAULT_OFFSET), DECOMPRESSED);
    return getField(frame, EXPAND_WRITTEN);
  }

  #decompress(body: Uint8Array, encoding: BodyEncoding): number {
    const { decodedBytesMax } = this.#options;
    const { memory, calls } = this.#kernels;
    const { u8 } = memory.views();
    if (encoding === "snappy") {
      u8.set(body, this.#at.body);
      const bytes = calls.snappyDecode(this.#at.body, body.length, this.#at.raw, decodedBytesMax);
      if (bytes < 0) throw snappyError(bytes, body.length, decodedBytesMax);
      return bytes;
    }
    const take = (decoded: Uint8Array): void => u8.set(decoded, this.#at.raw);
    if (encoding === "zstd") return unzstd(body, decodedBytesMax, take);
    if (body.length > decodedBytesMax) throw tooLarge(decodedBytesMax);
    take(body);
    return body.length;
  }
}

function countRanges(ranges: Uint32Array, kind: number): number {
  let count = 0;
  for (let i = RANGE_KIND / 4; i < ranges.length; i += RANGE_BYTES / 4) {
    if (ranges[i] === kind) count++;
  }
  return count;
}

function nameText(bytes: Uint8Array): string {
  if (bytes.length === 0) return "";
  const cut = bytes.slice(0, LABEL_NAME_BYTES_MAX);
  return ` in label ${JSON.stringify(new TextDecoder().decode(cut))}`;
}

function walkError(code: number, offset: number, where: string): EngineError {
  const what = describeKernelCode(code);
  return new EngineError(
    LIMIT_CODES.includes(code) ? BODY_TOO_LARGE : BODY_MALFORMED,
    `cannot decode the write request: ${what} at byte ${offset} of the ${where}`,
    { data: { offset } },
  );
}

function snappyError(code: number, bodyBytes: number, decodedBytesMax: number): EngineError {
  if (code === SNAPPY_TOO_LARGE) return tooLarge(decodedBytesMax);
  return new EngineError(
    BODY_MALFORMED,
    `cannot decompress the body of ${bodyBytes} bytes: ${describeKernelCode(code)}`,
  );
}

function tooLarge(decodedBytesMax: number): EngineError {
  return new EngineError(
    BODY_TOO_LARGE,
    `cannot accept the body: decompressed it is over ${decodedBytesMax} bytes`,
  );
}
