/**
 * Writes the shards that a shard is split into. Samples are neither read nor written: each file of a
 * block is copied once and named once more by every other child with series in it; manifests list
 * these with the child's range of placements, and later merges write each child's part anew. Only
 * the series log is written per child. Durable when it resolves; `from` is not changed.
 */
import { shardId, type ShardId } from "#model/refs.ts";
import type { PlacementOptions } from "#model/placement.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { RECORD_CUT, RECORD_SERIES, type LogRecordDraft } from "#storage/log-record.ts";
import { blockFolder, blockPath } from "../block/block-path.ts";
import { ensureFolder } from "../block/ensure-folder.ts";
import type { FileOwner } from "../block/file-header.ts";
import { snapshotEdit, type ManifestState } from "../manifest/manifest-state.ts";
import { Manifest } from "../manifest/manifest.ts";
import { loadSeriesLog } from "../series-log/series-log-load.ts";
import { SeriesLog } from "../series-log/series-log.ts";
import { copyFile } from "./copy-file.ts";
import { ChildRecords } from "./child-records.ts";
import { childState } from "./child-state.ts";

export interface SplitOptions {
  readonly from: Disk;
  readonly to: Disk;
  /** The shard to be split, and what its manifest states. */
  readonly owner: FileOwner;
  readonly state: ManifestState;
  /** Children of each shard; a power of two. */
  readonly factor: number;
  /** Of all children. */
  readonly shardCount: number;
  readonly placement: PlacementOptions;
}

/** Bytes copied. */
export async function splitShard(options: SplitOptions): Promise<number> {
  const { from, to, owner, state, factor, shardCount } = options;
  if (state.version === 0) return 0;
  const first = new Map<number, string>();
  let bytes = 0;
  for (let part = 0; part < factor; part++) {
    const child = shardId(owner.shard * factor + part);
    const own = childState(state, child, shardCount);
    if (own.blocks.size > 0) await ensureFolder(to, blockFolder(child));
    for (const { blockId } of own.blocks.values()) {
      const path = blockPath(child, blockId);
      const known = first.get(blockId);
      if (known === undefined) {
        bytes += await copyFile(from, to, blockPath(owner.shard, blockId), path);
        first.set(blockId, path);
      } else {
        await to.link(known, path);
      }
    }
    if (own.blocks.size > 0) await to.syncDir(blockFolder(child));
    await writeSeriesLog(options, child);
    const childOwner = { clusterUuid: owner.clusterUuid, shard: child };
    const manifest = await Manifest.open({ disk: to, owner: childOwner });
    await manifest.commit(snapshotEdit(own));
    await manifest.close();
  }
  return bytes;
}

/** As one whole file. Of a log without a cut there is nothing to write. */
async function writeSeriesLog(options: SplitOptions, child: ShardId): Promise<void> {
  const { from, to, owner, state, shardCount, placement } = options;
  const own = new ChildRecords(child, shardCount, placement);
  const drafts: LogRecordDraft[] = [];
  await loadSeriesLog(from, owner, state.flushedSeq, (draft) => {
    const part = own.of(draft);
    if (part !== null) drafts.push(part);
  });
  if (!drafts.some(({ type }) => type === RECORD_CUT)) return;
  const liveSeries = drafts
    .filter(({ type }) => type === RECORD_SERIES)
    .reduce((sum, { count }) => sum + count, 0);
  const childOwner = { clusterUuid: owner.clusterUuid, shard: child };
  const log = await SeriesLog.open({ disk: to, owner: childOwner, flushedSeq: 0 }, () => {});
  let next = 0;
  await log.append({ liveSeries, records: () => ({ next: () => drafts[next++] ?? null }) });
  await log.close();
}
