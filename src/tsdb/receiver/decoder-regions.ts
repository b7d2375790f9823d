/**
 * The memory of a body decoder: one region for each thing the kernels read or write, all taken at
 * start at their limits, so that no view ever moves. The system backs only the pages touched.
 */
import { must } from "#base/assert.ts";
import {
  CANONICAL_COLUMNS,
  CANONICAL_COLUMNS_COUNT,
  CANONICAL_FRAME_BYTES,
  CANONICAL_LABELS_MAX,
  CANONICAL_NAME_BYTES_MAX,
  CANONICAL_TARGET,
  CANONICAL_TARGET_BYTES,
  CANONICAL_VALUE_BYTES_MAX,
} from "#kernels/layout/canonical-layout.ts";
import {
  EXPAND_FIELDS_MAX,
  EXPAND_FRAME_BYTES,
  EXPAND_SOURCE,
  EXPAND_SYMBOLS,
  EXPAND_SYMBOLS_MAX,
  EXPAND_TARGET,
  EXPAND_TARGET_BYTES,
  SYMBOL_BYTES,
} from "#kernels/layout/expand-layout.ts";
import {
  SERIES_HASH_MORE_BYTES,
  SERIES_HASH_RESULT_BYTES,
} from "#kernels/layout/series-hash-layout.ts";
import {
  RANGE_BYTES,
  WALK_FIELDS_MAX,
  WALK_FRAME_BYTES,
  WALK_IDS,
  WALK_LABELS_BYTES,
  WALK_LABELS_OFFSET,
  WALK_RANGES,
  WALK_RANGES_MAX,
  WALK_ROWS_MAX,
  WALK_SAMPLES_MAX,
  WALK_SAMPLE_STARTS,
  WALK_SCRATCH,
  WALK_SCRATCH_BYTES,
  WALK_TABLE,
  WALK_TIMES,
  WALK_VALUES,
} from "#kernels/layout/walk-layout.ts";
import type { Kernels } from "#kernels/kernel-calls.ts";
import type { KernelFrame } from "./kernel-frame.ts";
import { putField } from "./kernel-frame.ts";

/** Series per body. A stock sender sends 2,000; one empty series is two bytes, so this is needed. */
const ROWS_MAX = 1 << 20;
/** Samples per body: 32 MiB of columns. A body of 32 MiB has room for 1.9 million with times. */
const SAMPLES_MAX = 1 << 21;
/** Metadata, exemplars and histograms per body. */
const RANGES_MAX = 1 << 18;
/**
 * Fields per body that no stock sender writes in numbers (`WALK_FIELDS_MAX`): without a bound, two
 * bytes each, the fields of one body keep a worker busy for a third of a second.
 */
const FIELDS_MAX = 1 << 20;
/** Symbols per 2.0 body: a stock sender's 2,000 samples come with some 3,000. */
const SYMBOLS_MAX: number = 1 << 20;
/** A 2.0 body with its symbols written out, where bodies may be larger than this. */
const EXPANDED_BYTES_MAX: number = 256 * 1024 * 1024;
/** DESIGN "Labels": limits per series. */
const LABELS_MAX = 64;
export const LABEL_NAME_BYTES_MAX = 256;
const VALUE_BYTES_MAX = 4096;
/** Canonical bytes of the largest permitted label set, with room for the varints. */
const CANONICAL_BYTES_MAX = LABELS_MAX * (LABEL_NAME_BYTES_MAX + VALUE_BYTES_MAX + 8);

/** In front of the canonical labels, for `hashSeries`; keeps them aligned. */
const TARGET_OFFSET = 8;
const SERIES_HASH_BYTES: number =
  SERIES_HASH_RESULT_BYTES + SERIES_HASH_MORE_BYTES + CANONICAL_BYTES_MAX;

/** Label fields as sent; beyond it they cannot be a permitted set, and are not read one by one. */
export const LABELS_SOURCE_BYTES_MAX: number = 2 * CANONICAL_BYTES_MAX;

export interface DecoderLimits {
  readonly bodyBytesMax: number;
  readonly decodedBytesMax: number;
  /** Identity table: label bytes, records and slots. */
  readonly identityBytesMax: number;
  /** Seed of the table's hash, random per start, so that nobody can aim at one slot. */
  readonly seed: readonly [low: number, high: number];
}

/** Addresses in the kernels' memory. The two frames are filled in except for what changes. */
export interface DecoderRegions {
  readonly walk: number;
  readonly expand: number;
  readonly canonical: number;
  readonly target: number;
  readonly body: number;
  readonly raw: number;
  /** The raw body of a 2.0 request, with its symbols written out. */
  readonly expanded: number;
  readonly labelsOffset: number;
  readonly labelsBytes: number;
  readonly sampleStarts: number;
  readonly ids: number;
  readonly times: number;
  readonly values: number;
  readonly ranges: number;
  readonly table: number;
  /** Two words. */
  readonly hash: number;
  /** Four words, and what `hashSeries` needs behind them. */
  readonly seriesHash: number;
}

export function allocateDecoderRegions(kernels: Kernels, limits: DecoderLimits): DecoderRegions {
  const { bodyBytesMax, decodedBytesMax, identityBytesMax, seed } = limits;
  const take = (name: string, bytes: number): number => kernels.memory.allocate(name, bytes).offset;
  const labelColumns = take("label columns", 4 * CANONICAL_COLUMNS_COUNT * (LABELS_MAX + 1));
  const scratch = take("label scratch", decodedBytesMax);
  const expandedBytes = Math.min(decodedBytesMax, EXPANDED_BYTES_MAX);
  const symbols = take("symbols", SYMBOL_BYTES * SYMBOLS_MAX);
  const regions: DecoderRegions = {
    walk: take("walk frame", WALK_FRAME_BYTES),
    expand: take("expand frame", EXPAND_FRAME_BYTES),
    canonical: take("canonical frame", CANONICAL_FRAME_BYTES),
    target: take("canonical labels", TARGET_OFFSET + CANONICAL_BYTES_MAX) + TARGET_OFFSET,
    body: take("body", bodyBytesMax),
    raw: take("decoded body", decodedBytesMax),
    expanded: take("expanded body", expandedBytes),
    labelsOffset: take("row label offsets", 4 * ROWS_MAX),
    labelsBytes: take("row label bytes", 4 * ROWS_MAX),
    sampleStarts: take("row sample starts", 4 * (ROWS_MAX + 1)),
    ids: take("row ids", 4 * ROWS_MAX),
    times: take("timestamps", 8 * SAMPLES_MAX),
    values: take("values", 8 * SAMPLES_MAX),
    ranges: take("ranges", RANGE_BYTES * RANGES_MAX),
    table: take("identities", identityBytesMax),
    hash: take("item hash", 8),
    seriesHash: take("series hash", SERIES_HASH_BYTES),
  };
  must(
    kernels.calls.identityInit(regions.table, identityBytesMax, seed[0], seed[1]) || null,
    "identity table: room",
  );
  const view = kernels.memory.views().u32;
  fillWalkFrame({ at: regions.walk, view }, regions, scratch, decodedBytesMax);
  fillExpandFrame({ at: regions.expand, view }, regions, symbols, expandedBytes);
  fillCanonicalFrame({ at: regions.canonical, view }, regions.target, labelColumns);
  return regions;
}

function fillWalkFrame(
  frame: KernelFrame,
  regions: DecoderRegions,
  scratch: number,
  scratchBytes: number,
): void {
  putField(frame, WALK_SCRATCH, scratch);
  putField(frame, WALK_SCRATCH_BYTES, scratchBytes);
  putField(frame, WALK_ROWS_MAX, ROWS_MAX);
  putField(frame, WALK_SAMPLES_MAX, SAMPLES_MAX);
  putField(frame, WALK_RANGES_MAX, RANGES_MAX);
  putField(frame, WALK_FIELDS_MAX, FIELDS_MAX);
  putField(frame, WALK_LABELS_OFFSET, regions.labelsOffset);
  putField(frame, WALK_LABELS_BYTES, regions.labelsBytes);
  putField(frame, WALK_SAMPLE_STARTS, regions.sampleStarts);
  putField(frame, WALK_IDS, regions.ids);
  putField(frame, WALK_TIMES, regions.times);
  putField(frame, WALK_VALUES, regions.values);
  putField(frame, WALK_RANGES, regions.ranges);
  putField(frame, WALK_TABLE, regions.table);
}

function fillExpandFrame(
  frame: KernelFrame,
  regions: DecoderRegions,
  symbols: number,
  targetBytes: number,
): void {
  putField(frame, EXPAND_SOURCE, regions.raw);
  putField(frame, EXPAND_TARGET, regions.expanded);
  putField(frame, EXPAND_TARGET_BYTES, targetBytes);
  putField(frame, EXPAND_SYMBOLS, symbols);
  putField(frame, EXPAND_SYMBOLS_MAX, SYMBOLS_MAX);
  putField(frame, EXPAND_FIELDS_MAX, FIELDS_MAX);
}

function fillCanonicalFrame(frame: KernelFrame, target: number, columns: number): void {
  putField(frame, CANONICAL_TARGET, target);
  putField(frame, CANONICAL_TARGET_BYTES, CANONICAL_BYTES_MAX);
  putField(frame, CANONICAL_COLUMNS, columns);
  putField(frame, CANONICAL_LABELS_MAX, LABELS_MAX);
  putField(frame, CANONICAL_NAME_BYTES_MAX, LABEL_NAME_BYTES_MAX);
  putField(frame, CANONICAL_VALUE_BYTES_MAX, VALUE_BYTES_MAX);
}
