/**
 * Deletions in the shards of one worker. A shard that holds something of it is cut first, so that
 * all samples that the deletion means lie in blocks; when these are written, the keeper puts the
 * tombstone into the manifest. One deletion at a time: each has the record of a cut of its own.
 */
import { EngineError } from "#base/engine-error.ts";
import { seq } from "#model/refs.ts";
import type { ShardId } from "#model/refs.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import type { SeriesAdmin } from "#storage/series-admin.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import type { Tombstone } from "#tsdb/tombstone/tombstone.ts";
import { cutShard, type CutPorts } from "./cut-shard.ts";
import type { HostedLog } from "./hosted-log.ts";
import type { HostedShard } from "./hosted-shard.ts";
import type { KeeperContract } from "./keeper/keeper-contract.ts";
import { Turnstile } from "./keeper/turnstile.ts";

export interface ShardDeletionsOptions extends CutPorts {
  readonly logs: readonly HostedLog[];
  /** Null on a node that writes no blocks. */
  readonly keeper: WorkerClient<KeeperContract> | null;
  /** Resolves after pending events of the loop were served. */
  readonly nextTurn: () => Promise<void>;
}

export class ShardDeletions implements SeriesAdmin {
  readonly #options: ShardDeletionsOptions;
  readonly #turnstile = new Turnstile();

  constructor(options: ShardDeletionsOptions) {
    this.#options = options;
  }

  async deleteSeries(request: SelectRequest): Promise<void> {
    await this.#turnstile.pass(async () => {
      const tombstones: [ShardId, Tombstone][] = [];
      for (const log of this.#options.logs) {
        log.checkReadable();
        for (const hosted of log.hosted) {
          if (!(await this.#isHeld(hosted, request))) continue;
          await cutShard(log, hosted, this.#options);
          const { lastSeq } = hosted.newestClosed;
          tombstones.push([hosted.shard, { ...request, seq: seq(lastSeq) }]);
        }
      }
      // All at once: each waits for the flush of its shard, and these come one after the other.
      const keeper = this.#keeper;
      await Promise.all(
        tombstones.map(([shard, tombstone]) => keeper.call("delete", { shard, tombstone })),
      );
    });
  }

  async cleanTombstones(): Promise<void> {
    for (const log of this.#options.logs) log.checkReadable();
    const shards = this.#options.logs.flatMap((log) => log.shards);
    await this.#keeper.call("clean", { shards });
  }

  get #keeper(): WorkerClient<KeeperContract> {
    const { keeper } = this.#options;
    if (keeper !== null) return keeper;
    throw new EngineError(OVERLOADED, "cannot delete series: storage.headWindow is 0");
  }

  async #isHeld({ shard, store }: HostedShard, request: SelectRequest): Promise<boolean> {
    const keeper = this.#keeper;
    return (await this.#isInHead(store, request)) || keeper.call("holds", { shard, request });
  }

  async #isInHead(store: ShardStore, request: SelectRequest): Promise<boolean> {
    using view = store.readView();
    const cursor = view.select({ ...request, withSamples: false });
    for (let slice = cursor.next(); slice !== null; slice = cursor.next()) {
      if (slice.seriesCount > 0) return true;
      await this.#options.nextTurn();
    }
    return false;
  }
}
