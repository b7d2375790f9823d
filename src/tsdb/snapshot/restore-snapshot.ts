/**
 * Makes a data folder out of a snapshot, or of a copy of one. `node.json` comes last: until then no
 * node opens the folder, so a restore that was interrupted is never taken for a whole one.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";
import { blockPath } from "../block/block-path.ts";
import { ensureFolder } from "../block/ensure-folder.ts";
import { loadManifest } from "../manifest/manifest-load.ts";
import { manifestFileIdOf, manifestFolder } from "../manifest/manifest-format.ts";
import { readNodeFile, writeNodeFile } from "../node-file.ts";
import { seriesLogFileIdOf, seriesLogFolder } from "../series-log/series-log-format.ts";
import { shardId, type ShardId } from "#model/refs.ts";
import { parentOfDiskPath } from "#runtime/disk-path.ts";
import { splitShard } from "./split-shard.ts";
import type { FileOwner } from "../block/file-header.ts";
import type { ManifestState } from "../manifest/manifest-state.ts";
import { copyFile } from "./copy-file.ts";

export interface RestoreProgress {
  readonly shards: number;
  readonly bytes: number;
}

/**
 * `to` is empty. Only files that the manifests name are taken. With a larger `shardCount`, a power of
 * two, every shard is split on the way. Throws what reading the snapshot throws.
 */
export async function restoreSnapshot(
  from: Disk,
  to: Disk,
  report: (progress: RestoreProgress) => void,
  shardCount: number | null = null,
): Promise<RestoreProgress> {
  const meta = await readNodeFile(from);
  if (meta === null) {
    throw new EngineError(CORRUPTION, "cannot restore: this is no snapshot, it has no node.json");
  }
  const clusterUuid = new Uint8Array(Buffer.from(meta.clusterUuid, "hex"));
  const factor = (shardCount ?? meta.shardCount) / meta.shardCount;
  assert(Number.isInteger(factor), () => `restore: got ${shardCount} shards of ${meta.shardCount}`);
  const placement = { seed: meta.hashSeed, lanes: meta.lanes };
  const counts = { factor, shardCount: factor * meta.shardCount };
  let bytes = 0;
  for (let shard = 0; shard < meta.shardCount; shard++) {
    const owner = { clusterUuid, shard: shardId(shard) };
    const state = await stateOf(from, owner);
    bytes +=
      factor === 1
        ? await copyShard(from, to, owner.shard, state)
        : await splitShard({ from, to, owner, state, placement, ...counts });
    report({ shards: shard + 1, bytes });
  }
  const shardLogs = meta.shardLogs.flatMap((log) => Array.from({ length: factor }, () => log));
  await writeNodeFile(to, { ...meta, shardCount: counts.shardCount, shardLogs });
  return { shards: counts.shardCount, bytes };
}

async function stateOf(disk: Disk, owner: FileOwner): Promise<ManifestState> {
  const { state, corruptions } = await loadManifest(disk, owner);
  const [first] = corruptions;
  if (first === undefined) return state;
  const { path, cause } = first;
  throw new EngineError(CORRUPTION, `cannot restore shard ${owner.shard}: ${path}: ${cause}`);
}

/** Bytes copied. */
async function copyShard(
  from: Disk,
  to: Disk,
  shard: ShardId,
  state: ManifestState,
): Promise<number> {
  const series = seriesLogFolder(shard);
  const manifest = manifestFolder(shard);
  const seriesFiles = (await from.list(series)).filter((name) => seriesLogFileIdOf(name) > 0);
  const manifestFiles = (await from.list(manifest)).filter((name) => manifestFileIdOf(name) > 0);
  const paths = [
    ...[...state.blocks.values()].map(({ blockId }) => blockPath(shard, blockId)),
    ...seriesFiles.map((name) => `${series}/${name}`),
    ...manifestFiles.map((name) => `${manifest}/${name}`),
  ];
  let bytes = 0;
  for (const path of paths) {
    await ensureFolder(to, parentOfDiskPath(path));
    bytes += await copyFile(from, to, path);
  }
  return bytes;
}
