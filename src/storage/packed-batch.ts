/**
 * Samples of series whose refs the receiver knows, as the routing kernel packs them
 * (`kernels/layout/route-layout.ts`): an `AppendBatch` whose columns lie behind one another, so that
 * the shard takes them with one copy. A view, like every batch.
 */
import { assert } from "#base/assert.ts";
import {
  PACKED_COUNT,
  PACKED_GENERATION,
  PACKED_HEADER_BYTES,
  PACKED_SHARD,
} from "#kernels/layout/route-layout.ts";
import { shardId } from "#model/refs.ts";
import type { ShardId, TenantId } from "#model/refs.ts";
import type { AppendBatch, EncodedItems } from "./append-batch.ts";
import type { AppendSlice } from "./append-slice.ts";
import type { HistogramColumn } from "./histogram-column.ts";

/** A timestamp, a value and a ref. */
const SAMPLE_BYTES = 20;

const NO_STARTS = new Uint32Array(1);
const NO_WORDS = new Uint32Array(0);
const NO_BYTES = new Uint8Array(0);

export class PackedBatch implements AppendBatch {
  readonly tenant: TenantId;
  readonly shard: ShardId;
  readonly generation: number;
  readonly isHistory: boolean;
  readonly sampleCount: number;
  readonly packed: Uint8Array;

  /** `words` is a u32 view of `bytes`, the batch begins at `at`. */
  constructor(
    bytes: Uint8Array,
    words: Uint32Array,
    at: number,
    tenant: TenantId,
    isHistory: boolean,
  ) {
    this.tenant = tenant;
    this.isHistory = isHistory;
    this.shard = shardId(words[(at + PACKED_SHARD) >>> 2]!);
    this.generation = words[(at + PACKED_GENERATION) >>> 2]!;
    this.sampleCount = words[(at + PACKED_COUNT) >>> 2]!;
    const start = at + PACKED_HEADER_BYTES;
    this.packed = bytes.subarray(start, start + SAMPLE_BYTES * this.sampleCount);
  }

  get knownCount(): number {
    return this.sampleCount;
  }

  get timestamps(): Float64Array {
    return this.#wide(0);
  }

  get values(): Float64Array {
    return this.#wide(8 * this.sampleCount);
  }

  get series(): Uint32Array {
    const { buffer, byteOffset } = this.packed;
    return new Uint32Array(buffer, byteOffset + 16 * this.sampleCount, this.sampleCount);
  }

  get labelCount(): number {
    return 0;
  }

  get labelStart(): Uint32Array {
    return NO_STARTS;
  }

  get labelBytes(): Uint8Array {
    return NO_BYTES;
  }

  get fingerprints(): Uint32Array {
    return NO_WORDS;
  }

  get placements(): Uint32Array {
    return NO_WORDS;
  }

  get histograms(): HistogramColumn | null {
    return null;
  }

  get exemplars(): EncodedItems | null {
    return null;
  }

  get metadata(): EncodedItems | null {
    return null;
  }

  #wide(offset: number): Float64Array {
    const { buffer, byteOffset } = this.packed;
    return new Float64Array(buffer, byteOffset + offset, this.sampleCount);
  }
}

/** All batches of a slice. */
export function sliceBatches({ packed, batches, tenant, isHistory }: AppendSlice): AppendBatch[] {
  const all: AppendBatch[] = [];
  const words = new Uint32Array(packed.buffer, packed.byteOffset, packed.length >>> 2);
  for (let at = 0; at < packed.length;) {
    all.push(new PackedBatch(packed, words, at, tenant, isHistory));
    at = packedEnd(words, at);
    assert(at <= packed.length, () => `packed batches: one ends at ${at} of ${packed.length}`);
  }
  for (const batch of batches) all.push(batch);
  return all;
}

/** The shards that `bytes` (8-aligned) has batches for. */
export function packedShards(bytes: Uint8Array): number[] {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  const shards: number[] = [];
  for (let at = 0; at < bytes.length; at = packedEnd(words, at)) {
    shards.push(words[(at + PACKED_SHARD) >>> 2]!);
  }
  return shards;
}

function packedEnd(words: Uint32Array, at: number): number {
  const count = words[(at + PACKED_COUNT) >>> 2]!;
  return at + PACKED_HEADER_BYTES + SAMPLE_BYTES * count + 4 * (count & 1);
}
