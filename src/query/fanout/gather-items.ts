/**
 * What the shards of a worker keep beside their samples, shard by shard: the part of one is copied in
 * a step, and ingest goes on between two.
 */
import { WithTransfer } from "#runtime/worker/worker-host.ts";
import type { EncodedItems } from "#storage/append-batch.ts";
import type { ShardStore } from "#storage/shard-store.ts";

export type ItemSource = Pick<ShardStore, "exemplars" | "metadata">;

export async function gatherItems(
  stores: readonly ItemSource[],
  read: (store: ItemSource) => EncodedItems,
  pause: () => Promise<void>,
): Promise<WithTransfer<readonly EncodedItems[]>> {
  const found: EncodedItems[] = [];
  for (const store of stores) {
    const items = read(store);
    if (items.count === 0) continue;
    found.push(items);
    await pause();
  }
  const buffers = found.map(({ bytes }) => bytes.buffer as ArrayBuffer);
  return new WithTransfer(found, buffers);
}
