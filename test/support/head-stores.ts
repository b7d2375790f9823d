/**
 * Shard stores over the real head kernel, and what tests want to read out of them: every series of
 * a selection with its samples as text, bits in hexadecimal, so that comparing is exact.
 */
import { readFileSync } from "node:fs";
import { HEAD_MODULE_URL } from "#kernels/head-kernel.ts";
import { kernelModule } from "#kernels/kernel-instance.ts";
import { LabelsDecoder } from "#model/canonical-labels.ts";
import { labelsKey } from "#model/labels.ts";
import { epoch, seq as seqOf, shardId, type TenantId } from "#model/refs.ts";
import type { LogRecord, LogRecordDraft } from "#storage/log-record.ts";
import type { ReadView, SeriesSlice, ShardSelect } from "#storage/read-view.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import { createShardStore } from "#tsdb/shard-store/shard-store.ts";
import type { ShardStoreOptions } from "#tsdb/shard-store/shard-store-options.ts";

const headKernel = kernelModule(readFileSync(HEAD_MODULE_URL));

export function openHeadStore(options: Partial<ShardStoreOptions> = {}): ShardStore {
  return createShardStore({
    headKernel,
    headBytesMax: 64 * 1024 * 1024,
    generation: 1,
    ...options,
  });
}

/** A draft as the log gives it back: numbered, with bytes of its own. */
export function recordOf(draft: LogRecordDraft, seq: number): LogRecord {
  return {
    ...draft,
    payload: draft.payload.slice(),
    shard: shardId(0),
    epoch: epoch(1),
    seq: seqOf(seq),
    writerId: [0, 0],
    writerSeq: [0, 0],
  };
}

export interface StoredSeries {
  readonly key: string;
  /** `timestamp:bits in hex`, ascending; of histograms `:item in hex` behind. */
  readonly samples: readonly string[];
}

export function slicesOf(view: ReadView, request: ShardSelect): SeriesSlice[] {
  const slices: SeriesSlice[] = [];
  const cursor = view.select(request);
  for (let slice = cursor.next(); slice !== null; slice = cursor.next()) slices.push(slice);
  cursor.close();
  return slices;
}

export function seriesOf(slices: readonly SeriesSlice[]): StoredSeries[] {
  const decoder = new LabelsDecoder();
  return slices.flatMap((slice) => {
    const bits = new BigUint64Array(
      slice.values.buffer,
      slice.values.byteOffset,
      slice.values.length,
    );
    const items = itemsOf(slice);
    return Array.from({ length: slice.seriesCount }, (_, i) => {
      const from = slice.sampleStart[i]!;
      const times = slice.timestamps.subarray(from, slice.sampleStart[i + 1]!);
      const labels = decoder.decode(
        slice.labelBytes,
        slice.labelStart[i]!,
        slice.labelStart[i + 1]!,
      );
      return {
        key: labelsKey(labels),
        samples: Array.from(times, (time, k) => {
          return `${time}:${bits[from + k]!.toString(16)}${items.get(from + k) ?? ""}`;
        }),
      };
    });
  });
}

function itemsOf({ histograms }: SeriesSlice): Map<number, string> {
  const items = new Map<number, string>();
  histograms?.sampleIndex.forEach((sample, i) => {
    const { bytes, start } = histograms;
    items.set(sample, `:${bytes.subarray(start[i], start[i + 1]).toHex()}`);
  });
  return items;
}

/** Everything of a tenant. */
export function selectAll(tenant: TenantId): ShardSelect {
  return { tenant, matchers: [], minMs: -Infinity, maxMs: Infinity, withSamples: true };
}
