/**
 * All shards of this node as one `Queryable`: a selection is opened at every shard worker at once
 * and their slices are handed on as they come. A series lives in one shard, so only what a shard has
 * in memory and what it has in blocks is merged; the blocks are read here.
 */
import { compareUtf8 } from "#base/bytes/compare-utf8.ts";
import { LabelsDecoder } from "#model/canonical-labels.ts";
import { compareLabels, labelsKey } from "#model/labels.ts";
import type { Labels } from "#model/labels.ts";
import type { LeafThread } from "#promql/leaf/leaf-evaluation.ts";
import type { LeafPlan } from "#promql/leaf/leaf-plan.ts";
import type { LeafReading, LeafSource } from "#promql/leaf/leaf-source.ts";
import type { WorkerClient } from "#runtime/worker/worker-client.ts";
import type { BlockReads } from "#storage/block-reads.ts";
import type { ExemplarSelect, ExemplarSeries, ExemplarSource } from "#storage/exemplar.ts";
import { exemplarSeriesOf } from "#storage/exemplar-series.ts";
import { splitMetadataItems } from "#storage/metadata-item.ts";
import type { MetadataSelect, MetadataSource, MetricMetadata } from "#storage/metric-metadata.ts";
import type { MissingParts } from "#storage/missing-parts.ts";
import type { Queryable, SelectRequest, SeriesSet } from "#storage/queryable.ts";
import type { PlacedSlice } from "#storage/read-view.ts";
import { FanoutLeafReading } from "./fanout-leaf-reading.ts";
import { FanoutSeriesSet } from "./fanout-series-set.ts";
import { KnownStates } from "./known-states.ts";
import { leafSelect } from "./leaf-select.ts";
import { LocalLeafReading } from "./local-leaf-reading.ts";
import { OrderedSlices } from "./ordered-slices.ts";
import type { SelectContract } from "./select-contract.ts";
import { WorkerSelection } from "./worker-selection.ts";
import type { ShardBlocks, ShardWorker } from "./worker-selection.ts";

export type SelectClient = WorkerClient<SelectContract>;

type LabelRequest = SelectRequest & { readonly label: string };

export class FanoutQueryable implements Queryable, LeafSource, ExemplarSource, MetadataSource {
  readonly #workers: readonly ShardWorker[];
  readonly #blocks: BlockReads;
  #nextCursor = 1;

  constructor(clients: readonly SelectClient[], blocks: BlockReads) {
    this.#workers = clients.map((client) => {
      return { client, states: new KnownStates(client, blocks) };
    });
    this.#blocks = blocks;
  }

  async exemplars(select: ExemplarSelect): Promise<readonly ExemplarSeries[]> {
    const ask = this.#workers.map(({ client }) => client.call("exemplars", select));
    const found = (await Promise.all(ask)).flat().flatMap(exemplarSeriesOf);
    return found.sort((a, b) => compareLabels(a.labels, b.labels));
  }

  async metadata(select: MetadataSelect): Promise<readonly MetricMetadata[]> {
    const ask = this.#workers.map(({ client }) => client.call("metadata", select));
    const items = (await Promise.all(ask)).flat();
    const found = items.flatMap(({ bytes, count }) =>
      splitMetadataItems(bytes, count).map((item) => item.decode()),
    );
    return found.sort((a, b) => compareUtf8(a.metric, b.metric));
  }

  select(request: SelectRequest, signal: AbortSignal): SeriesSet {
    return new FanoutSeriesSet(this.#samples(request, signal));
  }

  openLeaf(leaf: LeafPlan, missing: MissingParts | null, signal: AbortSignal): LeafReading {
    const clients = this.#workers.map(({ client }) => client);
    const cursors = clients.map(() => this.#nextCursor++);
    return new FanoutLeafReading({ clients, cursors, leaf, missing, signal });
  }

  openLeafHere(leaf: LeafPlan, missing: MissingParts | null, thread: LeafThread): LeafReading {
    const request = { ...leafSelect(leaf), missing };
    return new LocalLeafReading(leaf, this.#samples(request, thread.signal), thread);
  }

  async series(request: SelectRequest, signal: AbortSignal): Promise<readonly Labels[]> {
    const unique = new Map<string, Labels>();
    const readShard = ({ state }: ShardBlocks) => this.#blocks.series(state, request, signal);
    const selections = this.#open(request, false);
    const slices = new OrderedSlices({ selections, readShard, signal });
    await using set = new FanoutSeriesSet(slices);
    for (let batch = await set.next(); batch !== null; batch = await set.next()) {
      for (const labels of batch.labels) unique.set(labelsKey(labels), labels);
    }
    return [...unique.values()];
  }

  async labelNames(request: SelectRequest, signal: AbortSignal): Promise<readonly string[]> {
    const names = new Set<string>();
    await this.#eachPart(
      request,
      signal,
      (labels) => {
        for (let i = 0; i < labels.length; i += 2) names.add(labels[i]!);
      },
      async ({ state }) => {
        for (const name of await this.#blocks.labelNames(state, request, signal)) names.add(name);
      },
    );
    return [...names].toSorted(compareUtf8);
  }

  async labelValues(request: LabelRequest, signal: AbortSignal): Promise<readonly string[]> {
    const values = new Set<string>();
    await this.#eachPart(
      request,
      signal,
      (labels) => {
        for (let i = 0; i < labels.length; i += 2) {
          if (labels[i] === request.label) values.add(labels[i + 1]!);
        }
      },
      async ({ state }) => {
        for (const value of await this.#blocks.labelValues(state, request, signal)) {
          values.add(value);
        }
      },
    );
    return [...values].toSorted(compareUtf8);
  }

  /** The label sets of all heads, and all shards with blocks in range. */
  async #eachPart(
    request: SelectRequest,
    signal: AbortSignal,
    eachLabels: (labels: Labels) => void,
    eachShard: (shard: ShardBlocks) => Promise<void>,
  ): Promise<void> {
    const selections = this.#open(request, false);
    const decoder = new LabelsDecoder();
    try {
      for (const selection of selections) {
        for (;;) {
          const unit = await selection.nextUnit();
          if (unit === null) break;
          signal.throwIfAborted();
          const { slice, blocks } = unit;
          if (blocks !== null) {
            await selection.telling(blocks, () => eachShard(blocks));
            continue;
          }
          const { seriesCount, labelStart, labelBytes } = slice;
          for (let i = 0; i < seriesCount; i++) {
            eachLabels(decoder.decode(labelBytes, labelStart[i]!, labelStart[i + 1]!));
          }
        }
      }
    } finally {
      for (const selection of selections) selection.close();
    }
  }

  #samples(request: SelectRequest, signal: AbortSignal): OrderedSlices<PlacedSlice> {
    const readShard = ({ state, head }: ShardBlocks) =>
      this.#blocks.select(state, head, request, signal);
    return new OrderedSlices({ selections: this.#open(request, true), readShard, signal });
  }

  #open(request: SelectRequest, withSamples: boolean): WorkerSelection[] {
    const { tenant, matchers, minMs, maxMs, missing = null } = request;
    const rest = {
      blocks: this.#blocks,
      request: { tenant, matchers, minMs, maxMs, withSamples },
      missing,
    };
    return this.#workers.map(
      (worker) => new WorkerSelection({ worker, cursor: this.#nextCursor++, ...rest }),
    );
  }
}
