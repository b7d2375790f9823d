/**
 * One shard's part of a snapshot: the blocks of a manifest version as second names of their files, a
 * manifest that lists exactly these, and the series log. Durable when it resolves. Whoever calls
 * keeps the version's files, and changes neither them nor the series log meanwhile.
 */
import type { ShardId } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { blockFolder, blockPath } from "../block/block-path.ts";
import { ensureFolder } from "../block/ensure-folder.ts";
import type { FileOwner } from "../block/file-header.ts";
import type { ManifestState } from "../manifest/manifest-state.ts";
import { snapshotEdit } from "../manifest/manifest-state.ts";
import { Manifest } from "../manifest/manifest.ts";
import { seriesLogFileIdOf, seriesLogFolder } from "../series-log/series-log-format.ts";
import { copyFile } from "./copy-file.ts";
import type { FolderDisk } from "./folder-disk.ts";

export async function snapshotShard(
  disk: Disk,
  into: FolderDisk,
  owner: FileOwner,
  state: ManifestState,
): Promise<void> {
  // A shard that never had anything.
  if (state.version === 0) return;
  await linkBlocks(disk, into, owner.shard, state);
  const series = seriesLogFolder(owner.shard);
  const names = (await disk.list(series)).filter((name) => seriesLogFileIdOf(name) > 0);
  if (names.length > 0) await ensureFolder(into, series);
  for (const name of names) await copyFile(disk, into, `${series}/${name}`);
  const manifest = await Manifest.open({ disk: into, owner });
  try {
    await manifest.commit(snapshotEdit(state));
  } finally {
    await manifest.close();
  }
}

async function linkBlocks(
  disk: Disk,
  into: FolderDisk,
  shard: ShardId,
  state: ManifestState,
): Promise<void> {
  if (state.blocks.size === 0) return;
  const folder = blockFolder(shard);
  await ensureFolder(into, folder);
  for (const { blockId } of state.blocks.values()) {
    const path = blockPath(shard, blockId);
    await disk.link(path, into.pathOf(path));
  }
  await into.syncDir(folder);
}
