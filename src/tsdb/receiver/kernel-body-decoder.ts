/**
 * The body decoder over the kernels: one linear memory per receiver with regions for the body, its
 * decompressed form, the walk's columns and the identity table. All regions are taken at start at
 * their limits; the system backs only the pages that are ever touched, and no view ever moves.
 */
import { zstdDecompressSync } from "node:zlib";
import { must } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import {
  CANONICAL_COLUMNS,
  CANONICAL_COLUMNS_COUNT,
  CANONICAL_FAULT_NAME,
  CANONICAL_FAULT_NAME_BYTES,
  CANONICAL_FLAGS,
  CANONICAL_FRAME_BYTES,
  CANONICAL_LABELS_MAX,
  CANONICAL_NAME_BYTES_MAX,
  CANONICAL_NO_LABELS,
  CANONICAL_NO_METRIC_NAME,
  CANONICAL_SOURCE,
  CANONICAL_SOURCE_BYTES,
  CANONICAL_TARGET,
  CANONICAL_TARGET_BYTES,
  CANONICAL_VALUE_BYTES_MAX,
  CANONICAL_WRITTEN,
} from "#kernels/layout/canonical-layout.ts";
import {
  IDENTITY_ARENA_NEXT,
  IDENTITY_ARENA_START,
  IDENTITY_COUNT,
  IDENTITY_RECORDS_END,
  RECORD_BYTES,
} from "#kernels/layout/identity-layout.ts";
import {
  SNAPPY_TOO_LARGE,
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
  WALK_FRAME_BYTES,
  WALK_IDS,
  WALK_LABELS_BYTES,
  WALK_LABELS_OFFSET,
  WALK_PREVIOUS_ID,
  WALK_RANGES,
  WALK_RANGES_MAX,
  WALK_RANGE_TOTAL,
  WALK_ROWS_MAX,
  WALK_ROW_TOTAL,
  WALK_SAMPLES_MAX,
  WALK_SAMPLE_STARTS,
  WALK_SAMPLE_TOTAL,
  WALK_SCOPE,
  WALK_SCRATCH,
  WALK_SCRATCH_BYTES,
  WALK_SOURCE,
  WALK_SOURCE_BYTES,
  WALK_TABLE,
  WALK_TIMES,
  WALK_VALUES,
} from "#kernels/layout/walk-layout.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import { describeKernelCode } from "#kernels/kernel-error.ts";
import type { BodyEncoding, BodyOptions } from "#storage/body-appender.ts";
import { BODY_MALFORMED, BODY_TOO_LARGE } from "#storage/storage-errors.ts";
import { ID_UNKNOWN } from "./body-decoder.ts";
import type { BodyDecoder, CanonicalLabels, DecodedBody } from "./body-decoder.ts";

export interface KernelBodyDecoderOptions {
  readonly kernels: Kernels;
  readonly bodyBytesMax: number;
  readonly decodedBytesMax: number;
  /** Region of the identity table: label bytes, records and slots. */
  readonly identityBytesMax: number;
  /** Seed of the table's hash, random per start, so that nobody can aim at one slot. */
  readonly seed: readonly [low: number, high: number];
}

/** Series per body. A stock sender sends 2,000; one empty series is two bytes, so this is needed. */
const ROWS_MAX = 1 << 20;
/** Samples per body: 64 MiB of columns. */
const SAMPLES_MAX = 1 << 22;
/** Metadata, exemplars and histograms per body. */
const RANGES_MAX = 1 << 18;
/** DESIGN "Labels": limits per series. */
const LABELS_MAX = 64;
const NAME_BYTES_MAX = 256;
const VALUE_BYTES_MAX = 4096;
/** Canonical bytes of the largest permitted label set, with room for the varints. */
const CANONICAL_BYTES_MAX = LABELS_MAX * (NAME_BYTES_MAX + VALUE_BYTES_MAX + 8);
/** Senders whose last series is remembered; beyond it all start again. */
const SENDERS_MAX = 4096;

export class KernelBodyDecoder implements BodyDecoder {
  readonly #kernels: Kernels;
  readonly #options: KernelBodyDecoderOptions;
  readonly #walk: number;
  readonly #canonical: number;
  readonly #target: number;
  readonly #body: number;
  readonly #raw: number;
  readonly #table: number;
  readonly #lastIds = new Map<string, number>();
  readonly #ids: number;
  readonly #labelsOffset: number;
  readonly #labelsBytes: number;
  #rowCount = 0;
  #scope = 0;
  #sender = "";

  constructor(options: KernelBodyDecoderOptions) {
    const { kernels, bodyBytesMax, decodedBytesMax, identityBytesMax, seed } = options;
    const take = (name: string, bytes: number): number =>
      kernels.memory.allocate(name, bytes).offset;
    this.#kernels = kernels;
    this.#options = options;
    this.#walk = take("walk frame", WALK_FRAME_BYTES);
    this.#canonical = take("canonical frame", CANONICAL_FRAME_BYTES);
    this.#target = take("canonical labels", CANONICAL_BYTES_MAX);
    const columns = take("label columns", 4 * CANONICAL_COLUMNS_COUNT * (LABELS_MAX + 1));
    this.#body = take("body", bodyBytesMax);
    this.#raw = take("decoded body", decodedBytesMax);
    const scratch = take("label scratch", decodedBytesMax);
    this.#labelsOffset = take("row label offsets", 4 * ROWS_MAX);
    this.#labelsBytes = take("row label bytes", 4 * ROWS_MAX);
    const sampleStarts = take("row sample starts", 4 * (ROWS_MAX + 1));
    this.#ids = take("row ids", 4 * ROWS_MAX);
    const times = take("timestamps", 8 * SAMPLES_MAX);
    const values = take("values", 8 * SAMPLES_MAX);
    const ranges = take("ranges", RANGE_BYTES * RANGES_MAX);
    this.#table = take("identities", identityBytesMax);
    must(
      kernels.calls.identityInit(this.#table, identityBytesMax, seed[0], seed[1]) || null,
      "identity table: room",
    );
    const frame = { at: this.#walk, view: kernels.memory.views().u32 };
    put(frame, WALK_SOURCE, this.#raw);
    put(frame, WALK_SCRATCH, scratch);
    put(frame, WALK_SCRATCH_BYTES, decodedBytesMax);
    put(frame, WALK_ROWS_MAX, ROWS_MAX);
    put(frame, WALK_SAMPLES_MAX, SAMPLES_MAX);
    put(frame, WALK_RANGES_MAX, RANGES_MAX);
    put(frame, WALK_LABELS_OFFSET, this.#labelsOffset);
    put(frame, WALK_LABELS_BYTES, this.#labelsBytes);
    put(frame, WALK_SAMPLE_STARTS, sampleStarts);
    put(frame, WALK_IDS, this.#ids);
    put(frame, WALK_TIMES, times);
    put(frame, WALK_VALUES, values);
    put(frame, WALK_RANGES, ranges);
    put(frame, WALK_TABLE, this.#table);
    const canonical = { at: this.#canonical, view: frame.view };
    put(canonical, CANONICAL_TARGET, this.#target);
    put(canonical, CANONICAL_TARGET_BYTES, CANONICAL_BYTES_MAX);
    put(canonical, CANONICAL_COLUMNS, columns);
    put(canonical, CANONICAL_LABELS_MAX, LABELS_MAX);
    put(canonical, CANONICAL_NAME_BYTES_MAX, NAME_BYTES_MAX);
    put(canonical, CANONICAL_VALUE_BYTES_MAX, VALUE_BYTES_MAX);
  }

  decode(body: Uint8Array, options: BodyOptions): DecodedBody {
    const rawBytes = this.#decompress(body, options.encoding);
    const { calls, memory } = this.#kernels;
    const { u32, f64 } = memory.views();
    const frame = { at: this.#walk, view: u32 };
    this.#scope = options.tenant;
    this.#sender = options.sender;
    put(frame, WALK_SOURCE_BYTES, rawBytes);
    put(frame, WALK_SCOPE, this.#scope);
    put(frame, WALK_PREVIOUS_ID, this.#lastIds.get(this.#sender) ?? ID_UNKNOWN);
    const code = calls.walkWriteRequest(this.#walk);
    if (code < 0) throw walkError(code, get(frame, WALK_FAULT_OFFSET));
    const rowCount = get(frame, WALK_ROW_TOTAL);
    const sampleCount = get(frame, WALK_SAMPLE_TOTAL);
    calls.identityLookup(
      this.#table,
      this.#scope,
      this.#labelsOffset,
      this.#labelsBytes,
      this.#ids,
      rowCount,
    );
    this.#rowCount = rowCount;
    const column = (field: number, count: number): Uint32Array => {
      const from = get(frame, field) / 4;
      return u32.subarray(from, from + count);
    };
    const times = get(frame, WALK_TIMES) / 8;
    const ranges = column(WALK_RANGES, (RANGE_BYTES / 4) * get(frame, WALK_RANGE_TOTAL));
    return {
      rowCount,
      sampleCount,
      ids: column(WALK_IDS, rowCount),
      sampleStarts: column(WALK_SAMPLE_STARTS, rowCount + 1),
      timestamps: f64.subarray(times, times + sampleCount),
      valueWords: column(WALK_VALUES, 2 * sampleCount),
      histogramCount: countRanges(ranges, RANGE_HISTOGRAM),
      exemplarCount: countRanges(ranges, RANGE_EXEMPLAR),
    };
  }

  remember(row: number): number {
    const { calls, memory } = this.#kernels;
    const { u32 } = memory.views();
    const source = u32[this.#labelsOffset / 4 + row]!;
    const bytes = u32[this.#labelsBytes / 4 + row]!;
    const id = calls.identityInsert(this.#table, this.#scope, source, bytes);
    u32[this.#ids / 4 + row] = id;
    return id;
  }

  learnOrder(): void {
    const previous = this.#lastIds.get(this.#sender) ?? ID_UNKNOWN;
    const { calls } = this.#kernels;
    const last = calls.identityLink(this.#table, this.#ids, this.#rowCount, previous);
    if (this.#lastIds.size >= SENDERS_MAX) this.#lastIds.clear();
    this.#lastIds.set(this.#sender, last);
  }

  get identityBytes(): number {
    const { u32 } = this.#kernels.memory.views();
    const at = (field: number): number => u32[(this.#table + field) / 4]!;
    const arena = at(IDENTITY_ARENA_NEXT) - at(IDENTITY_ARENA_START);
    return arena + at(IDENTITY_COUNT) * RECORD_BYTES;
  }

  isFull(): boolean {
    const { u32 } = this.#kernels.memory.views();
    const at = (field: number): number => u32[(this.#table + field) / 4]!;
    const recordsStart = at(IDENTITY_RECORDS_END) - at(IDENTITY_COUNT) * RECORD_BYTES;
    // One body's new labels must fit, or its rows would go without identities.
    return recordsStart - at(IDENTITY_ARENA_NEXT) < this.#options.identityBytesMax / 8;
  }

  forget(): void {
    this.#kernels.calls.identityClear(this.#table);
    this.#lastIds.clear();
  }

  canonicalise(row: number): CanonicalLabels {
    const { calls, memory } = this.#kernels;
    const { u32, u8 } = memory.views();
    const frame = { at: this.#canonical, view: u32 };
    put(frame, CANONICAL_SOURCE, u32[this.#labelsOffset / 4 + row]!);
    put(frame, CANONICAL_SOURCE_BYTES, u32[this.#labelsBytes / 4 + row]!);
    const code = calls.canonicaliseLabels(this.#canonical);
    if (code < 0) {
      const name = get(frame, CANONICAL_FAULT_NAME);
      const nameBytes = u8.subarray(name, name + get(frame, CANONICAL_FAULT_NAME_BYTES));
      return { kind: "invalid", reason: `${describeKernelCode(code)}${nameText(nameBytes)}` };
    }
    const flags = get(frame, CANONICAL_FLAGS);
    if ((flags & CANONICAL_NO_LABELS) !== 0) return { kind: "invalid", reason: "no labels" };
    if ((flags & CANONICAL_NO_METRIC_NAME) !== 0) {
      return { kind: "invalid", reason: "label __name__ is missing" };
    }
    const bytes = u8.subarray(this.#target, this.#target + get(frame, CANONICAL_WRITTEN));
    return { kind: "valid", bytes };
  }

  #decompress(body: Uint8Array, encoding: BodyEncoding): number {
    const { decodedBytesMax } = this.#options;
    const { memory, calls } = this.#kernels;
    const { u8 } = memory.views();
    if (encoding === "snappy") {
      u8.set(body, this.#body);
      const bytes = calls.snappyDecode(this.#body, body.length, this.#raw, decodedBytesMax);
      if (bytes < 0) throw snappyError(bytes, body.length, decodedBytesMax);
      return bytes;
    }
    const decoded = encoding === "zstd" ? unzstd(body, decodedBytesMax) : body;
    if (decoded.length > decodedBytesMax) throw tooLarge(decodedBytesMax);
    u8.set(decoded, this.#raw);
    return decoded.length;
  }
}

interface Frame {
  readonly at: number;
  readonly view: Uint32Array;
}

function put(frame: Frame, field: number, value: number): void {
  frame.view[(frame.at + field) / 4] = value;
}

function get(frame: Frame, field: number): number {
  return frame.view[(frame.at + field) / 4]!;
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
  const cut = bytes.slice(0, NAME_BYTES_MAX);
  return ` in label ${JSON.stringify(new TextDecoder().decode(cut))}`;
}

function unzstd(body: Uint8Array, decodedBytesMax: number): Uint8Array {
  try {
    return zstdDecompressSync(body, { maxOutputLength: decodedBytesMax });
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") {
      throw tooLarge(decodedBytesMax);
    }
    throw new EngineError(BODY_MALFORMED, "cannot decompress the body: not a zstd frame", {
      cause,
    });
  }
}

function walkError(code: number, offset: number): EngineError {
  const what = describeKernelCode(code);
  const isLimit =
    code === WALK_ROWS_FULL || code === WALK_SAMPLES_FULL || code === WALK_RANGES_FULL;
  return new EngineError(
    isLimit ? BODY_TOO_LARGE : BODY_MALFORMED,
    `cannot decode the write request: ${what} at byte ${offset} of the decompressed body`,
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
