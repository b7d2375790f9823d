/**
 * A shard with blocks, deletions and a series log, split into several: every selection over all
 * children gives what it gave over the one, also when their parts are merged into files of their
 * own, and each series lives in one of them.
 * Covers: src/tsdb/snapshot/child-state.ts, src/tsdb/snapshot/child-records.ts
 * Covers: src/tsdb/snapshot/split-shard.ts, src/tsdb/snapshot/restore-snapshot.ts
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { labelsOf, type Labels } from "#model/labels.ts";
import type { Matcher } from "#model/matcher.ts";
import { epoch, shardId, tenantId, type ShardId } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import { DiskModel } from "#test/sim/disk-model.ts";
import { WalDisk } from "#test/sim/wal-disk.ts";
import { bitsOf, buildBatch } from "#test/support/batch-builder.ts";
import { plainOf, type PlainSeries } from "#test/support/block-rig.ts";
import { FlushingShard } from "#test/support/flushing-shard.ts";
import { openHeadStore } from "#test/support/head-stores.ts";
import { plainPageTools } from "#test/support/plain-pages.ts";
import { BlockReaders } from "#tsdb/block/block-readers.ts";
import { mergeBlocks } from "#tsdb/compaction/merge-blocks.ts";
import { compareWritten } from "#tsdb/manifest/block-entry.ts";
import { applyEdit, type ManifestState } from "#tsdb/manifest/manifest-state.ts";
import { loadManifest } from "#tsdb/manifest/manifest-load.ts";
import { selectSamples } from "#tsdb/manifest/select-blocks.ts";
import { writeNodeFile } from "#tsdb/node-file.ts";
import { loadSeriesLog } from "#tsdb/series-log/series-log-load.ts";
import { SeriesLog } from "#tsdb/series-log/series-log.ts";
import { restoreSnapshot } from "#tsdb/snapshot/restore-snapshot.ts";

const HOUR_MS = 3_600_000;
const tenant = tenantId(0);
const clusterUuid = new Uint8Array(16);
const tools = plainPageTools();
const MATCHERS: readonly (readonly Matcher[])[] = [
  [],
  [{ kind: "=", name: "job", value: "b" }],
  [{ kind: "=~", name: "instance", value: "[0-4]" }],
];

interface Part {
  readonly shard: ShardId;
  readonly disk: Disk;
  readonly readers: BlockReaders;
  state: ManifestState;
}

function labelsAt(n: number): Labels {
  const job = n % 3 === 0 ? "b" : "a";
  return labelsOf([
    ["__name__", `m${n % 2}`],
    ["instance", String(n % 11)],
    ["job", job],
    ["n", String(n)],
  ]);
}

/** Of `rows` random samples, flush by flush; with a series log, and something deleted. */
async function parentOf(rows: readonly (readonly [n: number, hour: number])[]): Promise<Part> {
  const parent = await FlushingShard.open();
  const { disk } = parent.rig;
  const owner = { clusterUuid, shard: parent.shard };
  const log = await SeriesLog.open({ disk, owner, flushedSeq: 0 }, () => {});
  const half = Math.ceil(rows.length / 2);
  for (const batch of [rows.slice(0, half), rows.slice(half)]) {
    const samples = batch.map(([n, hour], i) => {
      return { series: labelsAt(n), timestampMs: Math.round(hour * HOUR_MS) + i, bits: bitsOf(i) };
    });
    parent.append(buildBatch(tenant, parent.store.generation, samples));
    parent.cut();
    const { number } = parent.store.closedGenerations()[0]!;
    const liveSeries = parent.store.stats().seriesCount;
    const records = (which: "new" | "all") => parent.store.seriesRecords(number, which);
    await log.append({ liveSeries, records });
    await parent.flush();
  }
  const m1: Matcher = { kind: "=", name: "__name__", value: "m1" };
  await parent.delete(tenant, [m1], { minMs: 0, maxMs: HOUR_MS });
  await writeNodeFile(disk, {
    clusterUuid: clusterUuid.toHex(),
    nodeId: "node-1",
    shardCount: 1,
    hashSeed: [1, 2],
    lanes: 4,
    bootCount: 3,
    shardLogs: [0],
  });
  return { shard: parent.shard, disk, readers: parent.readers, state: parent.state };
}

async function childrenOf(parent: Part, count: number): Promise<readonly Part[]> {
  const disk = new WalDisk(new DiskModel());
  await restoreSnapshot(parent.disk, disk, () => {}, count);
  const readers = new BlockReaders({ disk, clusterUuid, tools });
  const parts: Part[] = [];
  for (let number = 0; number < count; number++) {
    const shard = shardId(number);
    const { state, corruptions } = await loadManifest(disk, { clusterUuid, shard });
    expect(corruptions).toEqual([]);
    expect(state.flushedSeq).toBe(parent.state.flushedSeq);
    parts.push({ shard, disk, readers, state });
  }
  return parts;
}

/** Children hold ascending ranges of placements, so theirs follow each other. */
async function select(parts: readonly Part[], request: SelectRequest): Promise<PlainSeries[]> {
  const all: PlainSeries[] = [];
  for (const { state, readers } of parts) {
    const source = await selectSamples(state, readers, request);
    all.push(...(await plainOf(source)));
    source.close();
  }
  return all;
}

/** All raw blocks of a part as one of its own. */
async function merge(part: Part): Promise<void> {
  const sources = [...part.state.blocks.values()].toSorted(compareWritten);
  if (sources.length === 0) return;
  const { disk, readers, shard } = part;
  let { nextBlockId } = part.state;
  const range = { rangeStartMs: 0, rangeEndMs: 24 * HOUR_MS };
  const task = { tier: 0, ...range, sources, isMerge: true, makesTiers: [], replaces: [] } as const;
  const { tombstones } = part.state;
  const takeBlockId = (): number => nextBlockId++;
  const owner = { clusterUuid, shard };
  const context = { disk, owner, tools, readers, tombstones, takeBlockId };
  const { addBlocks, removeBlocks } = await mergeBlocks(task, context);
  expect(addBlocks.every(({ fileShard }) => fileShard === shard)).toBe(true);
  part.state = applyEdit(part.state, { epoch: epoch(2), addBlocks, removeBlocks });
}

async function seriesOf({ disk, shard, state }: Part): Promise<number> {
  const store = openHeadStore();
  const owner = { clusterUuid, shard };
  const { corruptions } = await loadSeriesLog(disk, owner, state.flushedSeq, (draft) => {
    store.restore(draft);
  });
  // The cut of the deletion is not in the log of the parent either.
  expect(corruptions.filter(({ kind }) => kind !== "short")).toEqual([]);
  return store.stats().seriesCount;
}

const rowsArbitrary = fc.array(
  fc.tuple(fc.nat({ max: 60 }), fc.double({ min: 0, max: 8, noNaN: true })),
  { minLength: 2, maxLength: 120 },
);

test("children together answer as their parent did", async () => {
  await fc.assert(
    fc.asyncProperty(rowsArbitrary, fc.constantFrom(2, 4, 16), async (rows, count) => {
      const parent = await parentOf(rows);
      const children = await childrenOf(parent, count);
      const requests = MATCHERS.flatMap((matchers) => [
        { tenant, matchers, minMs: 0, maxMs: 24 * HOUR_MS },
        { tenant, matchers, minMs: 2.5 * HOUR_MS, maxMs: 3 * HOUR_MS },
      ]);
      const want = await Promise.all(requests.map((request) => select([parent], request)));
      for (const [i, request] of requests.entries()) {
        expect(await select(children, request)).toEqual(want[i]);
      }
      const counts = await Promise.all(children.map(seriesOf));
      expect(counts.reduce((a, b) => a + b, 0)).toBe(await seriesOf(parent));
      for (const child of children) await merge(child);
      for (const [i, request] of requests.entries()) {
        expect(await select(children, request)).toEqual(want[i]);
      }
    }),
    { numRuns: 12 },
  );
});
