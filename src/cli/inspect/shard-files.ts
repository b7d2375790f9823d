/** What the manifest of a shard names: opened one after the other, damage noted and passed over. */
import { EngineError } from "#base/engine-error.ts";
import type { ShardId } from "#model/refs.ts";
import { BlockReader } from "#tsdb/block/block-reader.ts";
import { blockPath } from "#tsdb/block/block-path.ts";
import type { BlockEntry } from "#tsdb/manifest/block-entry.ts";
import { loadManifest } from "#tsdb/manifest/manifest-load.ts";
import type { ManifestState } from "#tsdb/manifest/manifest-state.ts";
import type { InspectReport } from "./inspect-report.ts";
import { type InspectedFolder, ownerOf } from "./inspected-folder.ts";

export async function manifestOf(
  folder: InspectedFolder,
  shard: ShardId,
  report: InspectReport,
): Promise<ManifestState> {
  const { state, corruptions } = await loadManifest(folder.disk, ownerOf(folder, shard));
  for (const { path, offset, cause } of corruptions) report.damage(path, offset, cause);
  return state;
}

/** In order of their times. */
export function blocksOf(state: ManifestState): readonly BlockEntry[] {
  return [...state.blocks.values()].sort(
    (a, b) => a.tier - b.tier || a.rangeStartMs - b.rangeStartMs || a.blockId - b.blockId,
  );
}

/** Runs `look` on an open block. What is not as it should be is noted; false then. */
export async function withBlock(
  folder: InspectedFolder,
  block: BlockEntry,
  report: InspectReport,
  look: (reader: BlockReader) => Promise<void>,
): Promise<boolean> {
  const { fileShard, folderShard, blockId, footerCrc } = block;
  const { disk, tools } = folder;
  const owner = ownerOf(folder, fileShard);
  try {
    const reader = await BlockReader.open({ disk, owner, folderShard, blockId, tools, footerCrc });
    try {
      await look(reader);
    } finally {
      await reader.close();
    }
    return true;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const { offset } = error.data;
    const path = blockPath(folderShard, blockId);
    report.damage(path, typeof offset === "number" ? offset : null, error.message);
    return false;
  }
}
