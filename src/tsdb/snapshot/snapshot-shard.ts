/**
 * One shard's part of a snapshot: the blocks of a manifest version as second names of their files, a
 * manifest that lists exactly these, and the series log. Durable when it resolves. Whoever calls
 * keeps the version's files, and changes neither them nor the series log meanwhile.
 */
import { isErrorOf } from "#base/engine-error.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { runtimeErrors } from "#runtime/runtime-errors.ts";
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
  await linkBlocks(disk, into, state);
  const series = seriesLogFolder(owner.shard);
  const names = (await disk.list(series)).filter((name) => seriesLogFileIdOf(name) > 0);
  if (names.length > 0) await ensureFolder(into, series);
  for (const name of names) await copyFile(disk, into, `${series}/${name}`);
  const manifest = await Manifest.open({ disk: into, owner, witness: null });
  try {
    await manifest.commit(snapshotEdit(state));
  } finally {
    await manifest.close();
  }
}

/** A file of the shard this one was split from may be there already: its other half names it too. */
async function linkBlocks(disk: Disk, into: FolderDisk, state: ManifestState): Promise<void> {
  const folders = new Set<string>();
  for (const { fileShard, blockId } of state.blocks.values()) {
    const folder = blockFolder(fileShard);
    if (!folders.has(folder)) await ensureFolder(into, folder);
    folders.add(folder);
    const path = blockPath(fileShard, blockId);
    try {
      await disk.link(path, into.pathOf(path));
    } catch (error) {
      if (!isErrorOf(error, runtimeErrors.diskExists)) throw error;
    }
  }
  for (const folder of folders) await into.syncDir(folder);
}
