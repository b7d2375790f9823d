/**
 * All shards of this node as one `Queryable`: a selection is opened at every shard worker at once
 * and their slices are handed on as they come. A series lives in one shard, so nothing is merged.
 */
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import { labelsKey } from "#model/labels.ts";
import type { Labels } from "#model/labels.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { Queryable, SelectRequest, SeriesBatch, SeriesSet } from "#storage/queryable.ts";
import type { SeriesSlice } from "#storage/read-view.ts";
import { seriesBatchOf } from "#storage/series-batch.ts";
import type { SelectContract, SlicesAnswer } from "./select-contract.ts";

export type SelectClient = WorkerClient<SelectContract>;

export class FanoutQueryable implements Queryable {
  readonly #clients: readonly SelectClient[];
  #nextCursor = 1;

  constructor(clients: readonly SelectClient[]) {
    this.#clients = clients;
  }

  select(request: SelectRequest, signal: AbortSignal): SeriesSet {
    return new FanoutSeriesSet(this.#open(request, true), signal);
  }

  async series(request: SelectRequest, signal: AbortSignal): Promise<readonly Labels[]> {
    const unique = new Map<string, Labels>();
    await using set = new FanoutSeriesSet(this.#open(request, false), signal);
    for (let batch = await set.next(); batch !== null; batch = await set.next()) {
      for (const labels of batch.labels) unique.set(labelsKey(labels), labels);
    }
    return [...unique.values()];
  }

  async labelNames(request: SelectRequest, signal: AbortSignal): Promise<readonly string[]> {
    const names = new Set<string>();
    for (const labels of await this.series(request, signal)) {
      for (let i = 0; i < labels.length; i += 2) names.add(labels[i]!);
    }
    return [...names].toSorted(compareUtf8);
  }

  async labelValues(
    request: SelectRequest & { readonly label: string },
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const values = new Set<string>();
    for (const labels of await this.series(request, signal)) {
      for (let i = 0; i < labels.length; i += 2) {
        if (labels[i] === request.label) values.add(labels[i + 1]!);
      }
    }
    return [...values].toSorted(compareUtf8);
  }

  #open(request: SelectRequest, withSamples: boolean): WorkerPull[] {
    const { tenant, matchers, minMs, maxMs } = request;
    const select = { tenant, matchers, minMs, maxMs, withSamples };
    return this.#clients.map((client) => {
      const cursor = this.#nextCursor++;
      const answer = client.call("open", { cursor, request: select });
      // A failure surfaces when the set is read; an abandoned set must not crash the thread.
      answer.catch(() => {});
      return { client, cursor, answer };
    });
  }
}

/** The pull from one worker: `answer` is always the call under way. */
interface WorkerPull {
  readonly client: SelectClient;
  readonly cursor: number;
  answer: Promise<SlicesAnswer>;
}

class FanoutSeriesSet implements SeriesSet {
  readonly #pulls: WorkerPull[];
  readonly #signal: AbortSignal;
  #ready: SeriesSlice[] = [];

  constructor(pulls: WorkerPull[], signal: AbortSignal) {
    this.#pulls = pulls;
    this.#signal = signal;
  }

  async next(): Promise<SeriesBatch | null> {
    for (;;) {
      this.#signal.throwIfAborted();
      const slice = this.#ready.shift();
      if (slice !== undefined) return seriesBatchOf(slice);
      const pull = this.#pulls[0];
      if (pull === undefined) return null;
      const { slices, done } = await pull.answer;
      this.#ready = [...slices];
      if (done) {
        this.#pulls.shift();
      } else {
        // Ask for the next slices while these are being worked on.
        pull.answer = pull.client.call("next", { cursor: pull.cursor });
        pull.answer.catch(() => {});
      }
    }
  }

  warnings(): readonly string[] {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client, cursor } of this.#pulls) client.notify("close", { cursor });
    this.#pulls.length = 0;
    this.#ready = [];
  }
}
