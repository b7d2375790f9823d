/**
 * The blocks that a node would have of a day: flushed every two hours, then merged as the planner of
 * compactions says, shard by shard, by the product's own code on a real disk. What is left is read
 * back and compared bit for bit.
 */
import { assert } from "#base/assert.ts";
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { SeriesHasher, shardOfPlacement } from "#model/placement.ts";
import { epoch, seq, tenantId, type ShardId } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { GenerationSlice } from "#storage/head-generation.ts";
import { blockPath } from "#tsdb/block/block-path.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { compareIdentities, type BlockSeries } from "#tsdb/block/block-series.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";
import { planCompaction } from "#tsdb/compaction/compaction-plan.ts";
import { runCompaction } from "#tsdb/compaction/run-compaction.ts";
import { flushGeneration } from "#tsdb/flush/flush-generation.ts";
import { blockEntryOf, blockKeyOf, type BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { cpuNs } from "../../cpu-ns.ts";
import { DAY_MS, type FleetDay } from "./fleet-day.ts";

/** As a single node has. */
const SHARDS = 64;
const LANES = 4;
const FLUSH_MS: number = DAY_MS / 12;
const EPOCH = epoch(1);
const RETENTION_MS = [7 * DAY_MS, 30 * DAY_MS, 365 * DAY_MS] as const;

export interface GyreBlocks {
  readonly blocks: readonly BlockEntry[];
  readonly readers: BlockReaders;
  /** CPU time per sample, of all flushes and of all merges with their tiers. */
  readonly flushNs: number;
  readonly mergeNs: number;
}

export interface GyreBlocksOptions {
  readonly disk: Disk;
  readonly tools: PageTools;
  readonly clusterUuid: Uint8Array;
  readonly makesTiers: boolean;
}

export async function writeGyreBlocks(
  day: FleetDay,
  options: GyreBlocksOptions,
): Promise<GyreBlocks> {
  const readers = new BlockReaders(options);
  const blocks: BlockEntry[] = [];
  const cost = { flushNs: 0, mergeNs: 0 };
  for (const [shard, series] of seriesByShard(day)) {
    const writer = new ShardDay(shard, series, options, readers);
    const started = cpuNs();
    await writer.flush(day);
    const flushed = cpuNs();
    blocks.push(...(await writer.merge(day)));
    cost.flushNs += (flushed - started) / day.sampleCount;
    cost.mergeNs += (cpuNs() - flushed) / day.sampleCount;
    await verify(writer, series);
  }
  return { blocks, readers, ...cost };
}

function seriesByShard(day: FleetDay): Map<ShardId, BlockSeries[]> {
  const hasher = new SeriesHasher({ seed: [7, 9], lanes: LANES });
  const fingerprint = new Uint32Array(2);
  const placement = new Uint32Array(2);
  const shards = new Map<ShardId, BlockSeries[]>();
  const tenant = tenantId(0);
  for (const { series, timestamps, values } of day.hostDays) {
    for (const [i, { labels: pairs }] of series.entries()) {
      const labels = encodeLabels(labelsOf(pairs));
      hasher.hash(tenant, labels, 0, labels.length, fingerprint, placement, 0);
      const shard = shardOfPlacement(placement[1]!, SHARDS);
      const list = shards.get(shard) ?? [];
      shards.set(shard, list);
      list.push({
        tenant,
        labels,
        fingerprintLow: fingerprint[0]!,
        fingerprintHigh: fingerprint[1]!,
        placementLow: placement[0]!,
        placementHigh: placement[1]!,
        timestamps,
        values: values[i]!,
        start: 0,
        end: timestamps.length,
        histograms: null,
      });
    }
  }
  for (const list of shards.values()) list.sort(compareIdentities);
  return shards;
}

class ShardDay {
  readonly #series: readonly BlockSeries[];
  readonly #options: GyreBlocksOptions;
  readonly #readers: BlockReaders;
  readonly #job;
  #blocks: BlockEntry[] = [];
  #nextBlockId = 1;

  constructor(
    shard: ShardId,
    series: readonly BlockSeries[],
    options: GyreBlocksOptions,
    readers: BlockReaders,
  ) {
    this.#series = series;
    this.#options = options;
    this.#readers = readers;
    const { disk, tools, clusterUuid } = options;
    const owner = { clusterUuid, shard };
    this.#job = { disk, tools, owner, takeBlockId: () => this.#nextBlockId++ };
  }

  get blocks(): readonly BlockEntry[] {
    return this.#blocks;
  }

  get readers(): BlockReaders {
    return this.#readers;
  }

  /** Every two hours what is there of each series. */
  async flush(day: FleetDay): Promise<void> {
    const { shard } = this.#job.owner;
    for (let number = 0; number * FLUSH_MS < day.hours * (DAY_MS / 24); number++) {
      const fromMs = day.startMs + number * FLUSH_MS;
      const toMs = fromMs + FLUSH_MS;
      const slices = this.#series.map((series) => sliceOf(series, fromMs, toMs));
      const sampleCount = slices.reduce((sum, { values }) => sum + values.length, 0);
      const [firstSeq, lastSeq] = [number * 10 + 1, number * 10 + 10];
      const generation = {
        ...{ number, firstSeq, lastSeq, sampleCount },
        ...{ minMs: fromMs, maxMs: toMs - 1 },
      };
      const source = { next: async () => slices.shift() ?? null };
      const flushed = await flushGeneration(source, { ...this.#job, epoch: EPOCH, generation });
      this.#blocks.push(...flushed.blocks.map((block) => blockEntryOf(block, shard, seq(0))));
    }
  }

  /** Until the planner finds nothing more to do. */
  async merge(day: FleetDay): Promise<readonly BlockEntry[]> {
    const { makesTiers } = this.#options;
    const retentionMs = makesTiers ? RETENTION_MS : ([RETENTION_MS[0], 0, 0] as const);
    const plan = { retentionMs, settleMs: DAY_MS / 24 };
    const newestMs = day.startMs + 2 * DAY_MS;
    for (;;) {
      const [task] = planCompaction(this.#blocks, newestMs, plan);
      if (task === undefined) return this.#blocks;
      const context = { ...this.#job, readers: this.#readers, tombstones: [] };
      const { addBlocks, removeBlocks } = await runCompaction(task, context);
      const removed = new Set(removeBlocks);
      const isRemoved = (block: BlockEntry): boolean => removed.has(blockKeyOf(block));
      for (const { folderShard, blockId } of this.#blocks.filter(isRemoved)) {
        await this.#options.disk.unlink(blockPath(folderShard, blockId));
      }
      this.#blocks = [...this.#blocks.filter((block) => !isRemoved(block)), ...addBlocks];
    }
  }
}

/** One series as a slice of the head, samples in `[fromMs, toMs)`. */
function sliceOf(series: BlockSeries, fromMs: number, toMs: number): GenerationSlice {
  const { timestamps, values, labels } = series;
  let start = 0;
  while (start < timestamps.length && timestamps[start]! < fromMs) start++;
  let end = start;
  while (end < timestamps.length && timestamps[end]! < toMs) end++;
  return {
    seriesCount: 1,
    tenants: Uint32Array.of(series.tenant),
    fingerprints: Uint32Array.of(series.fingerprintLow, series.fingerprintHigh),
    placements: Uint32Array.of(series.placementLow, series.placementHigh),
    labelStart: Uint32Array.of(0, labels.length),
    labelBytes: labels,
    sampleStart: Uint32Array.of(0, end - start),
    timestamps: timestamps.subarray(start, end),
    values: values.subarray(start, end),
    histograms: null,
  };
}

async function verify(shard: ShardDay, want: readonly BlockSeries[]): Promise<void> {
  const raw = shard.blocks.filter(({ tier }) => tier === 0);
  assert(raw.length === 1, () => `bench: ${raw.length} blocks are left, want one`);
  using lease = await shard.readers.hold(raw[0]!);
  const cursor = await lease.reader.readAll({ minMs: -Infinity, maxMs: Infinity });
  for (const series of want) {
    const got = await cursor.next();
    assert(got !== null, "bench: a series is missing");
    assert(
      Buffer.compare(got.labels, series.labels) === 0 &&
        isSame(got.timestamps.subarray(got.start, got.end), series.timestamps) &&
        isSame(got.values.subarray(got.start, got.end), series.values),
      "bench: other bits came back",
    );
  }
  assert((await cursor.next()) === null, "bench: got more series than were written");
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  const bytes = (column: Float64Array): Uint8Array =>
    new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
  return Buffer.compare(bytes(a), bytes(b)) === 0;
}
