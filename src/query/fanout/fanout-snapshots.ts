/**
 * Snapshots over all shards of this node: every shard worker puts its part into the folder in the
 * making, which becomes a snapshot when all of them have.
 */
import type { Clock } from "#runtime/ports/clock.ts";
import type { Random } from "#runtime/ports/random.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { SnapshotAdmin } from "#storage/snapshot-admin.ts";
import type { SelectContract } from "./select-contract.ts";

/** As `SnapshotFolder` of storage has it. */
export interface SnapshotStore {
  begin(name: string): Promise<void>;
  finish(name: string): Promise<void>;
  discard(name: string): Promise<void>;
  list(): Promise<readonly string[]>;
  remove(name: string): Promise<boolean>;
}

export interface FanoutSnapshotsOptions {
  readonly clients: readonly WorkerClient<SelectContract>[];
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly random: Random;
}

export class FanoutSnapshots implements SnapshotAdmin {
  readonly #options: FanoutSnapshotsOptions;

  constructor(options: FanoutSnapshotsOptions) {
    this.#options = options;
  }

  async create(withHeads: boolean): Promise<string> {
    const { clients, store } = this.#options;
    const name = this.#freshName();
    await store.begin(name);
    try {
      const parts = clients.map((client) => client.call("takeSnapshot", { name, withHeads }));
      // Also when one fails: nobody may write below a folder that is about to go.
      const taken = await Promise.allSettled(parts);
      for (const part of taken) if (part.status === "rejected") throw part.reason;
      await store.finish(name);
      return name;
    } catch (error) {
      await store.discard(name);
      throw error;
    }
  }

  async list(): Promise<readonly string[]> {
    return await this.#options.store.list();
  }

  async remove(name: string): Promise<boolean> {
    return await this.#options.store.remove(name);
  }

  /** As Prometheus names them: `20260131T235959Z-0123456789abcdef`. */
  #freshName(): string {
    const { clock, random } = this.#options;
    const time = new Date(Math.floor(clock.wallMs() / 1000) * 1000).toISOString();
    const hex = (): string => random.u32().toString(16).padStart(8, "0");
    return `${time.replaceAll(/[-:]|\.000/g, "")}-${hex()}${hex()}`;
  }
}
