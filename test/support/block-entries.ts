/** Manifest entries for tests, built from what matters to the test. */
import { epoch, seq, shardId } from "#model/refs.ts";
import type { BlockEntry } from "#tsdb/manifest/block-entry.ts";

export const HOUR_MS = 3_600_000;

/** A raw block of two hours with fitting numbers; anything may be given. */
export function blockEntry(blockId: number, fields: Partial<BlockEntry> = {}): BlockEntry {
  const rangeStartMs = fields.rangeStartMs ?? blockId * 2 * HOUR_MS;
  const rangeEndMs = fields.rangeEndMs ?? rangeStartMs + 2 * HOUR_MS;
  return {
    blockId,
    tier: 0,
    rangeStartMs,
    rangeEndMs,
    minMs: rangeStartMs,
    maxMs: rangeEndMs - 1000,
    epoch: epoch(1),
    firstSeq: seq(blockId * 100 + 1),
    lastSeq: seq(blockId * 100 + 100),
    seriesCount: 10,
    sampleCount: 1000,
    digest: [blockId, 2, 3, 0xffff_ffff],
    placementMin: 0,
    placementMax: 0xffff_ffff,
    fileShard: shardId(3),
    folderShard: shardId(3),
    fileBytes: 4096,
    footerCrc: blockId * 7,
    cleanSeq: seq(0),
    retentionMark: 0,
    ownedMin: 0,
    ownedMax: 0xffff_ffff,
    ...fields,
  };
}
