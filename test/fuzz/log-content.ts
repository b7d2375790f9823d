/** What the logs of a stopped node hold, replayed in this process into fresh shard stores. */
import { must } from "#base/assert.ts";
import { tenantId } from "#model/refs.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import { NO_LOG, readNodeFile } from "#tsdb/node-file.ts";
import { replayLog } from "#tsdb/wal/log-reader.ts";
import {
  openHeadStore,
  selectAll,
  seriesOf,
  slicesOf,
  type StoredSeries,
} from "#test/support/head-stores.ts";

export async function readLogContent(data: string): Promise<StoredSeries[]> {
  const disk = new NodeDisk(data);
  const meta = must(await readNodeFile(disk), "node.json");
  const clusterUuid = new Uint8Array(Buffer.from(meta.clusterUuid, "hex"));
  const stores = new Map<number, ShardStore>();
  for (const logId of new Set(meta.shardLogs)) {
    if (logId === NO_LOG) continue;
    await replayLog(disk, { clusterUuid, logId }, (record) => {
      stores.getOrInsertComputed(record.shard, () => openHeadStore()).apply(record);
    });
  }
  return [...stores.values()].flatMap((store) => {
    using view = store.readView();
    return seriesOf(slicesOf(view, selectAll(tenantId(0))));
  });
}
