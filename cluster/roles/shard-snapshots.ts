/**
 * One worker's part of a snapshot. With their heads, shards are cut first, so that all that was
 * acknowledged goes into blocks; their keeper takes each shard when that is so. One at a time.
 */
import type { ShardId } from "#model/refs.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import { cutShard, type CutPorts } from "./cut-shard.ts";
import type { HostedLog } from "./hosted-log.ts";
import type { KeeperContract } from "./keeper/keeper-contract.ts";
import { Turnstile } from "./keeper/turnstile.ts";

export interface ShardSnapshotsOptions extends CutPorts {
  readonly logs: readonly HostedLog[];
  readonly keeper: WorkerClient<KeeperContract>;
}

export class ShardSnapshots {
  readonly #options: ShardSnapshotsOptions;
  readonly #turnstile = new Turnstile();

  constructor(options: ShardSnapshotsOptions) {
    this.#options = options;
  }

  /** Resolves when the parts of all shards of this worker are durable. */
  async take(name: string, withHeads: boolean): Promise<void> {
    const { logs, keeper } = this.#options;
    await this.#turnstile.pass(async () => {
      const parts: { shard: ShardId; flushedSeq: number }[] = [];
      for (const log of logs) {
        log.checkReadable();
        for (const hosted of log.hosted) {
          if (withHeads && !hosted.isEmpty) await cutShard(log, hosted, this.#options);
          const flushedSeq = withHeads ? (hosted.closed.at(-1)?.lastSeq ?? 0) : 0;
          parts.push({ shard: hosted.shard, flushedSeq });
        }
      }
      // All at once: each waits for the flush of its shard, and these come one after the other.
      await Promise.all(parts.map((part) => keeper.call("snapshot", { name, ...part })));
    });
  }
}
