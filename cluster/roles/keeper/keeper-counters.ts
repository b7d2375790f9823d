/**
 * What a keeper counts, in shared memory that any thread can render: one row per keeper, which is
 * one per shard worker. Blocks are told apart by tier.
 */
import {
  allocateSharedCounters,
  collectSharedCounters,
  defineSharedCounters,
  sharedCounterRow,
} from "#runtime/metrics/shared-counters.ts";
import type { SharedCounterSpec, SharedCounterTable } from "#runtime/metrics/shared-counters.ts";
import type { MetricFamily } from "#runtime/metrics/metric-snapshot.ts";
import type { ShardId } from "#model/refs.ts";
import { tierName, type Tier } from "#tsdb/block/tier.ts";
import { TIERS } from "#tsdb/compaction/compaction-options.ts";
import { ownedBytes } from "#tsdb/manifest/block-entry.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import type { UpkeepStep } from "./next-upkeep.ts";

type KeeperCount =
  | "flushes"
  | "flushedSamples"
  | "flushFailures"
  | "lastFlushSeconds"
  | "merges"
  | "expired"
  | "rewrites"
  | "upkeepFailures"
  | "quarantined"
  | "segmentsDropped";
type TierCount = `blocks${Tier}` | `blockBytes${Tier}`;

const BLOCKS = {
  name: "gyre_storage_blocks",
  help: "Blocks that the manifests list.",
  type: "gauge",
} as const;
const BLOCK_BYTES = {
  name: "gyre_storage_block_bytes",
  help: "Bytes of the blocks that the manifests list; of a file that shards share, their parts.",
  type: "gauge",
} as const;

const KEEPER_SPECS: Readonly<Record<KeeperCount, SharedCounterSpec>> = {
  flushes: {
    name: "gyre_storage_flushes_total",
    help: "Head generations turned into blocks.",
    type: "counter",
  },
  flushedSamples: {
    name: "gyre_storage_flushed_samples_total",
    help: "Samples in the blocks of flushed head generations.",
    type: "counter",
  },
  flushFailures: {
    name: "gyre_storage_flush_failures_total",
    help: "Attempts to turn a head generation into blocks that failed and are repeated.",
    type: "counter",
  },
  lastFlushSeconds: {
    name: "gyre_storage_last_flush_timestamp_seconds",
    help: "When the newest flush ended, 0 before the first.",
    type: "gauge",
  },
  merges: {
    name: "gyre_storage_merges_total",
    help: "Merges of blocks, tiers made of them included.",
    type: "counter",
  },
  expired: {
    name: "gyre_storage_blocks_expired_total",
    help: "Blocks dropped because of their age or of the size of all.",
    type: "counter",
  },
  rewrites: {
    name: "gyre_storage_retention_rewrites_total",
    help: "Blocks rewritten without series that a retention rule keeps for a shorter time.",
    type: "counter",
  },
  upkeepFailures: {
    name: "gyre_storage_upkeep_failures_total",
    help: "Merges and other work on blocks that failed and are repeated.",
    type: "counter",
  },
  quarantined: {
    name: "gyre_storage_blocks_quarantined_total",
    help: "Damaged blocks moved aside.",
    type: "counter",
  },
  segmentsDropped: {
    name: "gyre_log_segments_dropped_total",
    help: "Log segments removed because all their records are in blocks.",
    type: "counter",
  },
};

const TABLE: SharedCounterTable<KeeperCount | TierCount> = defineSharedCounters({
  ...KEEPER_SPECS,
  blocks0: BLOCKS,
  blocks1: BLOCKS,
  blocks2: BLOCKS,
  blockBytes0: BLOCK_BYTES,
  blockBytes1: BLOCK_BYTES,
  blockBytes2: BLOCK_BYTES,
});

export function allocateKeeperCounters(keepers: number): SharedArrayBuffer {
  return allocateSharedCounters(TABLE, keepers);
}

export class KeeperCounters {
  readonly #row: Float64Array;
  /** Those of all keepers. */
  readonly #rows: readonly Float64Array[];
  readonly #shards = new Map<ShardId, ManifestState>();

  constructor(buffer: SharedArrayBuffer, keeper: number, keepers = 1) {
    this.#rows = Array.from({ length: keepers }, (_, row) => sharedCounterRow(TABLE, buffer, row));
    this.#row = this.#rows[keeper]!;
  }

  add(count: KeeperCount, amount: number): void {
    this.set(count, this.#row[TABLE.index[count]]! + amount);
  }

  set(count: KeeperCount | TierCount, value: number): void {
    this.#row[TABLE.index[count]] = value;
  }

  addStep(step: UpkeepStep): void {
    if (step.kind === "expire") this.add("expired", step.blocks.length);
    if (step.kind === "merge" || step.kind === "clean") this.add("merges", 1);
    if (step.kind === "rewrite") this.add("rewrites", 1);
  }

  /** Of this keeper and of the whole node, as every keeper last published them. */
  blockBytes(): { readonly own: number; readonly all: number } {
    const bytesOf = (row: Float64Array): number =>
      TIERS.reduce<number>((sum, tier) => sum + row[TABLE.index[`blockBytes${tier}`]]!, 0);
    const all = this.#rows.reduce((sum, row) => sum + bytesOf(row), 0);
    return { own: bytesOf(this.#row), all };
  }

  countBlocks(shard: ShardId, state: ManifestState): void {
    this.#shards.set(shard, state);
    for (const tier of TIERS) {
      let blocks = 0;
      let bytes = 0;
      for (const { blocks: listed } of this.#shards.values()) {
        for (const block of listed.values()) {
          if (block.tier !== tier) continue;
          blocks++;
          bytes += ownedBytes(block);
        }
      }
      this.set(`blocks${tier}`, blocks);
      this.set(`blockBytes${tier}`, bytes);
    }
  }
}

/** Families of all keepers; those of blocks once, with a sample per keeper and tier. */
export function collectKeeperCounters(
  buffer: SharedArrayBuffer,
  workers: readonly string[],
): readonly MetricFamily[] {
  const families = collectSharedCounters(TABLE, buffer, "worker", workers);
  const ofTier = (count: "blocks" | "blockBytes"): MetricFamily => {
    const samples = TIERS.flatMap((tier) =>
      families[TABLE.index[`${count}${tier}`]]!.samples.map((sample) => {
        const labels: (typeof sample.labels)[number][] = [
          ...sample.labels,
          ["tier", tierName(tier)],
        ];
        return { ...sample, labels };
      }),
    );
    return { ...TABLE.specs[TABLE.index[`${count}0`]]!, samples };
  };
  const plain = families.slice(0, Object.keys(KEEPER_SPECS).length);
  return [...plain, ofTier("blocks"), ofTier("blockBytes")];
}
