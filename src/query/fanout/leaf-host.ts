/**
 * Serves leaf plans over the shards of one worker. They live here between two pulls; their views pin
 * what they read, so `close` must reach every one of them.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import type { LeafPart } from "#promql/leaf/leaf-part.ts";
import { LEAF_BITS } from "#promql/leaf/partial-tree.ts";
import { PROMQL_LEAF_UNSUITED } from "#promql/query-errors.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { CallArgs } from "#runtime/worker/worker-contract.ts";
import { WithTransfer } from "#runtime/worker/worker-host.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import { onePerTurn } from "./one-per-turn.ts";
import { OpenLeaf } from "./open-leaf.ts";
import { OpenSelection } from "./open-selection.ts";
import type { LeafAnswer, LeafOpenAnswer, SelectContract } from "./select-contract.ts";
import type { ViewsTaken } from "./shard-view.ts";

/** Per link: each may hold some megabytes of partials. A query has one at a time. */
const LEAVES_MAX = 256;

export interface LeafHostPorts {
  /** A fresh view of every open shard of this worker, and the shards that have none. */
  readonly views: () => ViewsTaken;
  /** Lets other work of the thread run. */
  readonly pause: () => Promise<void>;
  readonly clock: Clock;
  /** Of the node; a power of two. */
  readonly shardCount: number;
}

export class LeafHost {
  readonly #ports: LeafHostPorts;
  readonly #shardBits: number;
  readonly #yieldTurn: () => Promise<void>;
  readonly #open: Map<number, OpenLeaf> = new Map();

  constructor(ports: LeafHostPorts) {
    this.#ports = ports;
    this.#shardBits = Math.log2(ports.shardCount);
    this.#yieldTurn = onePerTurn(ports.pause);
  }

  async open({
    cursor,
    request,
    leaf,
  }: CallArgs<SelectContract, "openLeaf">): Promise<WithTransfer<LeafOpenAnswer>> {
    assert(!this.#open.has(cursor), () => `leaf: cursor ${cursor} is open`);
    if (this.#open.size >= LEAVES_MAX) {
      throw new EngineError(OVERLOADED, `cannot work out a leaf: ${this.#open.size} are open`);
    }
    if (this.#shardBits > LEAF_BITS) throw unsuited("shards are smaller than leaves");
    const { views, failed } = this.#ports.views();
    const selection = new OpenSelection(request, views);
    if (selection.merges.length > 0) {
      selection.close();
      throw unsuited("parts of it lie in blocks");
    }
    const thread = { clock: this.#ports.clock, yieldTurn: this.#yieldTurn };
    this.#open.set(cursor, new OpenLeaf(leaf, selection, this.#shardBits, thread));
    const { result, transfer } = await this.pull(cursor);
    return new WithTransfer({ ...result, failed }, transfer);
  }

  async pull(cursor: number): Promise<WithTransfer<LeafAnswer>> {
    const leaf = this.#open.get(cursor);
    // Closed by the puller while its call was under way: nobody waits for the answer.
    if (leaf === undefined) return new WithTransfer({ part: NOTHING, done: true }, []);
    try {
      const answer = await leaf.pull();
      if (answer.done) this.close(cursor);
      return new WithTransfer(answer, buffersOf(answer.part));
    } catch (error) {
      this.close(cursor);
      throw error;
    }
  }

  close(cursor: number): void {
    this.#open.get(cursor)?.close();
    this.#open.delete(cursor);
  }

  closeAll(): void {
    for (const cursor of [...this.#open.keys()]) this.close(cursor);
  }
}

const NOTHING: LeafPart = { partials: [], newGroups: [], series: 0, samples: 0, findings: [] };

function buffersOf({ partials }: LeafPart): ArrayBuffer[] {
  return partials.flatMap(({ seen, totals }) => [
    seen.buffer,
    ...totals.map((column) => column.buffer),
  ]);
}

function unsuited(cause: string): EngineError {
  return new EngineError(PROMQL_LEAF_UNSUITED, `cannot work out a leaf next to the data: ${cause}`);
}
