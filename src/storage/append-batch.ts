/**
 * The part of one request that concerns one shard, as columns. Receivers make it, the shard's
 * primary appends it. The first `knownCount` samples name their series by a ref the receiver has
 * cached; the others name an entry of the label section, which carries canonical label bytes.
 * Columns are views: they stay valid only during the call that gets them.
 */
import type { ShardId, TenantId } from "#model/refs.ts";
import type { HistogramColumn } from "./histogram-column.ts";

export interface AppendBatch {
  readonly tenant: TenantId;
  readonly shard: ShardId;
  /** Incarnation of the shard's refs that the receiver's cache holds; see `ShardStore.generation`. */
  readonly generation: number;
  /** The out-of-order window does not bind these samples; see `BodyOptions`. */
  readonly isHistory: boolean;

  /** Label entries: canonical bytes of entry i are `labelBytes[labelStart[i] .. labelStart[i+1])`. */
  readonly labelCount: number;
  readonly labelStart: Uint32Array;
  readonly labelBytes: Uint8Array;
  /** Two words per entry: low, high. */
  readonly fingerprints: Uint32Array;
  /** Two words per entry: low, high. */
  readonly placements: Uint32Array;

  readonly sampleCount: number;
  readonly knownCount: number;
  /** Series ref for samples below `knownCount`, label entry index for the others. */
  readonly series: Uint32Array;
  /** Integer milliseconds. */
  readonly timestamps: Float64Array;
  /** Bits exact; move them with `set` or as words, never one number at a time. */
  readonly values: Float64Array;

  /**
   * The sample columns in one piece, where they lie so: timestamps, values, series, one behind the
   * other and 8-byte aligned. Only when every sample is known.
   */
  readonly packed?: Uint8Array;

  /** Which samples are native histograms; their values are tagged. Null when none is. */
  readonly histograms: HistogramColumn | null;
  /** Null when there are none. A batch with items has no samples: they come apart. */
  readonly exemplars: EncodedItems | null;
  readonly metadata: EncodedItems | null;
}

/**
 * Items in the bytes that the log keeps (`tsdb/exemplars/FORMAT.md`, `tsdb/metadata/FORMAT.md`), each
 * a multiple of 8 bytes long. They carry their labels, so no ref has to be known.
 */
export interface EncodedItems {
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Copies the items together. */
export function encodedItems(items: readonly Uint8Array[]): EncodedItems {
  const bytes = new Uint8Array(items.reduce((sum, item) => sum + item.length, 0));
  let at = 0;
  for (const item of items) {
    bytes.set(item, at);
    at += item.length;
  }
  return { count: items.length, bytes };
}
