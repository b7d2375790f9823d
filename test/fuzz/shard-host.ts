/**
 * One real shard under the fuzzer: actor, store and head as in a worker, with a log that is durable
 * at once and keeps its records for a replay.
 */
import { ShardDriver } from "#cluster/shard/shard-driver.ts";
import { must } from "#base/assert.ts";
import { epoch, shardId, tenantId } from "#model/refs.ts";
import type { ShardId } from "#model/refs.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import { REPLY_DURABLE } from "#storage/append-reply.ts";
import type { AppendReply, ShardReply } from "#storage/append-reply.ts";
import type { LogRecord } from "#storage/log-record.ts";
import type { ShardStore } from "#storage/shard-store.ts";
import {
  openHeadStore,
  recordOf,
  selectAll,
  seriesOf,
  slicesOf,
} from "#test/support/head-stores.ts";
import type { StoredSeries } from "#test/support/head-stores.ts";

export class ShardHost {
  readonly #shard: ShardId;
  readonly #generation: number;
  readonly #store: ShardStore;
  readonly #driver: ShardDriver;
  readonly #log: LogRecord[] = [];
  #reply: AppendReply | null = null;
  #position = 0;

  constructor(shard: number, generation: number) {
    this.#shard = shardId(shard);
    this.#generation = generation;
    this.#store = openHeadStore({ generation });
    this.#driver = new ShardDriver({
      log: {
        append: (_shard, _epoch, seq, draft) => {
          this.#log.push(recordOf(draft, seq));
          return ++this.#position;
        },
        freeBytes: () => 1 << 30,
      },
      sendReply: (_origin, reply) => (this.#reply = reply),
      shardFaulted: (_shard, error) => {
        throw error;
      },
    });
    const open = { kind: "open", epoch: epoch(generation), store: this.#store } as const;
    this.#driver.deliver(this.#shard, open);
    this.#driver.deliver(this.#shard, { kind: "activate" });
  }

  append(batch: AppendBatch, trustedNowMs: number): ShardReply {
    this.#reply = null;
    this.#driver.deliverAppend(0, 0, [batch], trustedNowMs);
    this.#driver.durableTo(this.#position);
    const { writtenCount, shards } = must(this.#taken(), "the answer of a shard");
    if (shards.length > 0) return shards[0]!;
    // Only counted: everything is as it was sent.
    const { shard, generation } = batch;
    const refused = { rejectedCount: 0, rejections: [] };
    const refs = new Uint32Array(0);
    return { status: REPLY_DURABLE, generation, shard, refs, writtenCount, ...refused };
  }

  #taken(): AppendReply | null {
    return this.#reply;
  }

  /** What the store holds now. */
  stored(): StoredSeries[] {
    return contentOf(this.#store);
  }

  /** What a restart would make of the log. */
  replayed(): StoredSeries[] {
    const replica = openHeadStore({ generation: this.#generation + 1 });
    for (const record of this.#log) replica.apply(record);
    return contentOf(replica);
  }
}

function contentOf(store: ShardStore): StoredSeries[] {
  using view = store.readView();
  return seriesOf(slicesOf(view, selectAll(tenantId(0))));
}
