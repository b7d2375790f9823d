/** Deletions on all shards of this node: every shard worker is told, and all must have done it. */
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { SelectRequest } from "#storage/queryable.ts";
import type { SeriesAdmin } from "#storage/series-admin.ts";
import type { SelectContract } from "./select-contract.ts";

export class FanoutAdmin implements SeriesAdmin {
  readonly #clients: readonly WorkerClient<SelectContract>[];

  constructor(clients: readonly WorkerClient<SelectContract>[]) {
    this.#clients = clients;
  }

  async deleteSeries({ tenant, matchers, minMs, maxMs }: SelectRequest): Promise<void> {
    const request = { tenant, matchers, minMs, maxMs };
    await Promise.all(this.#clients.map((client) => client.call("deleteSeries", request)));
  }

  async cleanTombstones(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.call("cleanTombstones", null)));
  }
}
