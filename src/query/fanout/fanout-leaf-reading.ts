/**
 * A leaf plan at all shard workers at once: each works on its shards and on the next part while the
 * one before is put together here. Parts come as they are ready.
 */
import type { LeafPlan } from "#promql/leaf/leaf-plan.ts";
import type { LeafReading, MadePart } from "#promql/leaf/leaf-source.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { MissingParts } from "#storage/missing-parts.ts";
import { leafSelect } from "./leaf-select.ts";
import type { LeafAnswer, SelectContract } from "./select-contract.ts";
import { noteFailed } from "./note-failed.ts";

export interface FanoutLeafOptions {
  readonly clients: readonly WorkerClient<SelectContract>[];
  /** A number for each of them that no other selection has. */
  readonly cursors: readonly number[];
  readonly leaf: LeafPlan;
  readonly missing: MissingParts | null;
  readonly signal: AbortSignal;
}

interface Arrival {
  readonly maker: number;
  readonly answer: LeafAnswer;
}

export class FanoutLeafReading implements LeafReading {
  readonly #options: FanoutLeafOptions;
  /** Calls under way, by worker. */
  readonly #pending: Map<number, Promise<Arrival>> = new Map();
  readonly #aborted: Promise<never>;
  readonly #stop: () => void;
  #isClosed = false;

  constructor(options: FanoutLeafOptions) {
    const { clients, signal } = options;
    this.#options = options;
    const { promise, reject } = Promise.withResolvers<never>();
    const abort = (): void => reject(signal.reason as Error);
    promise.catch(() => {});
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    this.#aborted = promise;
    this.#stop = () => signal.removeEventListener("abort", abort);
    for (const maker of clients.keys()) this.#await(maker, this.#open(maker));
  }

  async next(): Promise<MadePart | null> {
    if (this.#pending.size === 0) return null;
    const { maker, answer } = await Promise.race([this.#aborted, ...this.#pending.values()]);
    this.#pending.delete(maker);
    if (!answer.done) {
      const cursor = this.#options.cursors[maker]!;
      this.#await(maker, this.#options.clients[maker]!.call("nextLeaf", { cursor }));
    }
    return { maker, ...answer.part };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    if (!this.#isClosed) {
      // Those that are done know; of the others a call may be under way.
      for (const maker of this.#pending.keys()) {
        this.#options.clients[maker]!.notify("close", { cursor: this.#options.cursors[maker]! });
      }
    }
    this.#isClosed = true;
    this.#pending.clear();
    return Promise.resolve();
  }

  async #open(maker: number): Promise<LeafAnswer> {
    const { clients, cursors, leaf, missing } = this.#options;
    const { tenant, matchers, minMs, maxMs } = leafSelect(leaf);
    const request = { tenant, matchers, minMs, maxMs, withSamples: true };
    const opened = await clients[maker]!.call("openLeaf", {
      cursor: cursors[maker]!,
      request,
      leaf,
    });
    noteFailed(opened.failed, missing);
    return opened;
  }

  #await(maker: number, answer: Promise<LeafAnswer>): void {
    const arrival = answer.then((arrived) => ({ maker, answer: arrived }));
    // A failure surfaces when it is waited for; an abandoned one must not crash the thread.
    arrival.catch(() => {});
    this.#pending.set(maker, arrival);
  }
}
