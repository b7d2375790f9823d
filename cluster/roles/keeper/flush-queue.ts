/**
 * Flushes that are asked for, by shard in the order of their cuts. A shard whose flush failed waits
 * longer each time, and its later generations wait behind; other shards go on. Bounded by what a
 * head can hold: a shard with too many closed generations cuts no more.
 */
import { must } from "#base/assert.ts";
import type { ShardId } from "#model/refs.ts";
import type { FlushOrder } from "./keeper-contract.ts";

export interface FlushPace {
  readonly retryMsMin: number;
  readonly retryMsMax: number;
}

interface ShardQueue {
  readonly orders: FlushOrder[];
  retryAtMs: number;
  /** 0 after a success. */
  delayMs: number;
}

export class FlushQueue {
  readonly #pace: FlushPace;
  readonly #shards = new Map<ShardId, ShardQueue>();

  constructor(pace: FlushPace) {
    this.#pace = pace;
  }

  add(order: FlushOrder): void {
    const queue = this.#shards.get(order.shard);
    if (queue !== undefined) queue.orders.push(order);
    else this.#shards.set(order.shard, { orders: [order], retryAtMs: 0, delayMs: 0 });
  }

  /** The order that is due, which stays the first of its shard until `done`; null when none is. */
  next(nowMs: number): FlushOrder | null {
    for (const { orders, retryAtMs } of this.#shards.values()) {
      if (retryAtMs <= nowMs) return must(orders[0], "flush queue: an order");
    }
    return null;
  }

  /** Infinity when nothing waits. */
  get nextRetryMs(): number {
    let nextMs = Infinity;
    for (const { retryAtMs } of this.#shards.values()) nextMs = Math.min(nextMs, retryAtMs);
    return nextMs;
  }

  done(shard: ShardId): void {
    const queue = must(this.#shards.get(shard), "flush queue: shard");
    queue.orders.shift();
    // To the end: shards take turns.
    this.#shards.delete(shard);
    if (queue.orders.length === 0) return;
    this.#shards.set(shard, { orders: queue.orders, retryAtMs: 0, delayMs: 0 });
  }

  /** True for the first failure in a row. */
  failed(shard: ShardId, nowMs: number): boolean {
    const queue = must(this.#shards.get(shard), "flush queue: shard");
    const isFirst = queue.delayMs === 0;
    const { retryMsMin, retryMsMax } = this.#pace;
    queue.delayMs = isFirst ? retryMsMin : Math.min(retryMsMax, 2 * queue.delayMs);
    queue.retryAtMs = nowMs + queue.delayMs;
    return isFirst;
  }
}
