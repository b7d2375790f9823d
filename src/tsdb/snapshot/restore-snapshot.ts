/**
 * Makes a data folder out of a snapshot, or of a copy of one. `node.json` comes last: until then no
 * node opens the folder, so a restore that was interrupted is never taken for a whole one.
 */
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
import { copyFile } from "./copy-file.ts";

export interface RestoreProgress {
  readonly files: number;
  readonly bytes: number;
}

/** `to` is empty. Only files that the manifests name are taken. Throws what reading them throws. */
export async function restoreSnapshot(
  from: Disk,
  to: Disk,
  report: (progress: RestoreProgress) => void,
): Promise<RestoreProgress> {
  const meta = await readNodeFile(from);
  if (meta === null) {
    throw new EngineError(CORRUPTION, "cannot restore: this is no snapshot, it has no node.json");
  }
  const clusterUuid = new Uint8Array(Buffer.from(meta.clusterUuid, "hex"));
  const progress = { files: 0, bytes: 0 };
  const taken = new Set<string>();
  for (let number = 0; number < meta.shardCount; number++) {
    for (const path of await filesOf(from, { clusterUuid, shard: shardId(number) })) {
      if (taken.has(path)) continue;
      taken.add(path);
      await ensureFolder(to, parentOfDiskPath(path));
      progress.bytes += await copyFile(from, to, path);
      progress.files++;
    }
    report(progress);
  }
  await writeNodeFile(to, meta);
  return progress;
}

async function filesOf(
  disk: Disk,
  owner: { readonly clusterUuid: Uint8Array; readonly shard: ShardId },
): Promise<readonly string[]> {
  const { shard } = owner;
  const { state, corruptions } = await loadManifest(disk, owner);
  const [first] = corruptions;
  if (first !== undefined) {
    const { path, cause } = first;
    throw new EngineError(CORRUPTION, `cannot restore shard ${shard}: ${path}: ${cause}`);
  }
  const series = seriesLogFolder(shard);
  const manifest = manifestFolder(shard);
  const seriesFiles = (await disk.list(series)).filter((name) => seriesLogFileIdOf(name) > 0);
  const manifestFiles = (await disk.list(manifest)).filter((name) => manifestFileIdOf(name) > 0);
  return [
    ...[...state.blocks.values()].map(({ fileShard, blockId }) => blockPath(fileShard, blockId)),
    ...seriesFiles.map((name) => `${series}/${name}`),
    ...manifestFiles.map((name) => `${manifest}/${name}`),
  ];
}
