/**
 * The bytes of an `AppendSlice` as it crosses from the receiving worker to the worker that owns the
 * log. Little-endian, every column 8-byte aligned, so decoding makes views and copies nothing.
 * The frame lives in a shared-memory ring only; it is never stored (see wal/FORMAT.md for that).
 *
 *   u32 x 6  token, tenant, flags (bit 0: history), packed bytes, batchCount, 0
 *   packed batches · batchCount x batch
 *
 * A batch:
 *
 *   u32 x 16  0, tenant, shard, generation, labelCount, labelBytes, sampleCount, knownCount,
 *             flags (bit 0: history), exemplarCount, exemplarBytes, metadataCount, metadataBytes,
 *             histogramCount, histogramBytes, 0
 *   u32[labelCount + 1] labelStart · u32[2 x labelCount] fingerprints · u32[2 x labelCount]
 *   placements · labelBytes · u32[sampleCount] series · f64[sampleCount] timestamps ·
 *   f64[sampleCount] values · exemplar items · metadata items · with histograms: u32[histogramCount]
 *   sampleIndex · u32[histogramCount + 1] start · histogram items
 */
import { align8 } from "#base/bytes/align8.ts";
import { assert } from "#base/assert.ts";
import { shardId, tenantId } from "#model/refs.ts";
import type { AppendBatch, EncodedItems } from "./append-batch.ts";
import type { AppendSlice } from "./append-slice.ts";
import type { HistogramColumn } from "./histogram-column.ts";
import { sliceBatches } from "./packed-batch.ts";

const FRAME_HEADER_WORDS = 6;
const FRAME_HEADER_BYTES: number = 4 * FRAME_HEADER_WORDS;
const HEADER_WORDS = 16;
const HEADER_BYTES: number = 4 * HEADER_WORDS;
const FLAG_HISTORY = 1;

/** Request frames carry a token that the reply repeats. */
export interface AppendFrame {
  readonly token: number;
  readonly batches: readonly AppendBatch[];
}

export function appendFrameBytes({ packed, batches }: AppendSlice): number {
  let bytes = FRAME_HEADER_BYTES + packed.length;
  for (const batch of batches) bytes += appendBatchBytes(batch);
  return bytes;
}

/** What a batch takes in a frame. */
export function appendBatchBytes(batch: AppendBatch): number {
  const { labelCount, sampleCount } = batch;
  const labelBytes = batch.labelStart[labelCount]! - batch.labelStart[0]!;
  return (
    HEADER_BYTES +
    align8(4 * (labelCount + 1)) +
    16 * labelCount +
    align8(labelBytes) +
    align8(4 * sampleCount) +
    16 * sampleCount +
    (batch.exemplars?.bytes.length ?? 0) +
    (batch.metadata?.bytes.length ?? 0) +
    (batch.histograms === null ? 0 : histogramFrameBytes(batch.histograms))
  );
}

function histogramFrameBytes({ sampleIndex, bytes }: HistogramColumn): number {
  const count = sampleIndex.length;
  return align8(4 * count) + align8(4 * (count + 1)) + align8(bytes.length);
}

/** Writes the frame into `into`, which is 8-byte aligned and `appendFrameBytes` long. */
export function encodeAppendFrame(into: Uint8Array, token: number, slice: AppendSlice): void {
  const cursor = new FrameCursor(into);
  const header = cursor.u32(FRAME_HEADER_WORDS);
  header[0] = token;
  header[1] = slice.tenant;
  header[2] = slice.isHistory ? FLAG_HISTORY : 0;
  header[3] = slice.packed.length;
  header[4] = slice.batches.length;
  header[5] = 0;
  cursor.bytes(slice.packed.length).set(slice.packed);
  for (const batch of slice.batches) encodeBatch(cursor, batch);
}

function encodeBatch(cursor: FrameCursor, batch: AppendBatch): void {
  const { labelCount, sampleCount, labelStart } = batch;
  const labelBase = labelStart[0]!;
  const labelBytes = labelStart[labelCount]! - labelBase;
  const header = cursor.u32(HEADER_WORDS);
  header[0] = 0;
  header[1] = batch.tenant;
  header[2] = batch.shard;
  header[3] = batch.generation;
  header[4] = labelCount;
  header[5] = labelBytes;
  header[6] = sampleCount;
  header[7] = batch.knownCount;
  header[8] = batch.isHistory ? FLAG_HISTORY : 0;
  header[9] = batch.exemplars?.count ?? 0;
  header[10] = batch.exemplars?.bytes.length ?? 0;
  header[11] = batch.metadata?.count ?? 0;
  header[12] = batch.metadata?.bytes.length ?? 0;
  header[13] = batch.histograms?.sampleIndex.length ?? 0;
  header[14] = batch.histograms?.bytes.length ?? 0;
  header[15] = 0;
  const starts = cursor.u32(labelCount + 1);
  for (let i = 0; i <= labelCount; i++) starts[i] = labelStart[i]! - labelBase;
  cursor.u32(2 * labelCount).set(batch.fingerprints.subarray(0, 2 * labelCount));
  cursor.u32(2 * labelCount).set(batch.placements.subarray(0, 2 * labelCount));
  cursor.bytes(labelBytes).set(batch.labelBytes.subarray(labelBase, labelBase + labelBytes));
  cursor.u32(sampleCount).set(batch.series.subarray(0, sampleCount));
  cursor.f64(sampleCount).set(batch.timestamps.subarray(0, sampleCount));
  cursor.f64(sampleCount).set(batch.values.subarray(0, sampleCount));
  if (batch.exemplars !== null)
    cursor.bytes(batch.exemplars.bytes.length).set(batch.exemplars.bytes);
  if (batch.metadata !== null) cursor.bytes(batch.metadata.bytes.length).set(batch.metadata.bytes);
  if (batch.histograms !== null) {
    const { sampleIndex, start, bytes } = batch.histograms;
    cursor.u32(sampleIndex.length).set(sampleIndex);
    cursor.u32(start.length).set(start);
    cursor.bytes(bytes.length).set(bytes);
  }
}

/** Views into `frame`; valid until the ring space is released. */
export function decodeAppendFrame(frame: Uint8Array): AppendFrame {
  const cursor = new FrameCursor(frame);
  const header = cursor.u32(FRAME_HEADER_WORDS);
  const tenant = tenantId(header[1]!);
  const isHistory = (header[2]! & FLAG_HISTORY) !== 0;
  const packed = cursor.bytes(header[3]!);
  const batches: AppendBatch[] = [];
  for (let i = 0; i < header[4]!; i++) batches.push(decodeBatch(cursor));
  return { token: header[0]!, batches: sliceBatches({ tenant, isHistory, packed, batches }) };
}

function decodeBatch(cursor: FrameCursor): AppendBatch {
  const header = cursor.u32(HEADER_WORDS);
  const labelCount = header[4]!;
  const sampleCount = header[6]!;
  return {
    tenant: tenantId(header[1]!),
    shard: shardId(header[2]!),
    generation: header[3]!,
    isHistory: (header[8]! & FLAG_HISTORY) !== 0,
    labelCount,
    labelStart: cursor.u32(labelCount + 1),
    fingerprints: cursor.u32(2 * labelCount),
    placements: cursor.u32(2 * labelCount),
    labelBytes: cursor.bytes(header[5]!),
    sampleCount,
    knownCount: header[7]!,
    series: cursor.u32(sampleCount),
    timestamps: cursor.f64(sampleCount),
    values: cursor.f64(sampleCount),
    exemplars: itemsOf(header[9]!, header[10]!, cursor),
    metadata: itemsOf(header[11]!, header[12]!, cursor),
    histograms: histogramsOf(header[13]!, header[14]!, cursor),
  };
}

function itemsOf(count: number, bytes: number, cursor: FrameCursor): EncodedItems | null {
  return count === 0 ? null : { count, bytes: cursor.bytes(bytes) };
}

function histogramsOf(count: number, bytes: number, cursor: FrameCursor): HistogramColumn | null {
  if (count === 0) return null;
  return {
    sampleIndex: cursor.u32(count),
    start: cursor.u32(count + 1),
    bytes: cursor.bytes(bytes),
  };
}

/** Hands out consecutive aligned views of a frame; passing the end is a programmer error. */
class FrameCursor {
  readonly #frame: Uint8Array;
  #offset = 0;

  constructor(frame: Uint8Array) {
    assert(frame.byteOffset % 8 === 0, () => `append frame: offset ${frame.byteOffset} unaligned`);
    this.#frame = frame;
  }

  u32(count: number): Uint32Array {
    return new Uint32Array(this.#frame.buffer, this.#take(4 * count), count);
  }

  f64(count: number): Float64Array {
    return new Float64Array(this.#frame.buffer, this.#take(8 * count), count);
  }

  bytes(count: number): Uint8Array {
    return new Uint8Array(this.#frame.buffer, this.#take(count), count);
  }

  #take(bytes: number): number {
    const start = this.#offset;
    this.#offset = start + align8(bytes);
    assert(
      this.#offset <= align8(this.#frame.length),
      () => `append frame: column ends at ${this.#offset}, frame has ${this.#frame.length}`,
    );
    return this.#frame.byteOffset + start;
  }
}
