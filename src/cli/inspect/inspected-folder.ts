/**
 * A data folder held for reading: what `node.json` says of it and the disk it lies on. Nothing in it
 * is changed; the lock keeps a node from starting meanwhile.
 */
import type { Disk } from "#runtime/ports/disk.ts";
import { NO_LOG, type NodeMeta } from "#tsdb/node-file.ts";
import { shardId, type ShardId } from "#model/refs.ts";
import type { FileOwner } from "#tsdb/block/file-header.ts";
import type { PageTools } from "#tsdb/block/page-tools.ts";
import type { LogIdentity } from "#tsdb/wal/segment-format.ts";

export interface InspectedFolder {
  readonly disk: Disk;
  readonly meta: NodeMeta;
  readonly tools: PageTools;
  /** Only this shard is looked at; null for all. */
  readonly onlyShard: number | null;
}

export function logsOf({ meta }: InspectedFolder): readonly LogIdentity[] {
  const ids = [...new Set(meta.shardLogs)].filter((log) => log !== NO_LOG);
  const clusterUuid = new Uint8Array(Buffer.from(meta.clusterUuid, "hex"));
  return ids.sort((a, b) => a - b).map((logId) => ({ clusterUuid, logId }));
}

export function shardsOf({ meta, onlyShard }: InspectedFolder): readonly ShardId[] {
  const ids = meta.shardLogs.map((_, shard) => shardId(shard));
  return ids.filter((shard) => onlyShard === null || shard === onlyShard);
}

export function ownerOf({ meta }: InspectedFolder, shard: ShardId): FileOwner {
  return { clusterUuid: new Uint8Array(Buffer.from(meta.clusterUuid, "hex")), shard };
}
