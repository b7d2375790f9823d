/**
 * Hands what a slice of a body holds to the router, log by log: one part of the request each, in the
 * ledger before it is sent. Belongs to its receiver.
 */
import type { AppendBatch } from "#storage/append-batch.ts";
import type { BodyOptions } from "#storage/body-appender.ts";
import { packedShards } from "#storage/packed-batch.ts";
import { batchOf } from "./batch-of.ts";
import type { BatchRouter } from "./batch-router.ts";
import type { ItemBatch } from "./item-batches.ts";
import type { HistogramBatch } from "./pending-histograms.ts";
import type { LedgerPart, RequestLedger } from "./request-ledger.ts";
import type { RowRouter } from "./row-router.ts";
import { NO_COLUMNS } from "./shard-part.ts";
import type { ShardPart } from "./shard-part.ts";

/** Whose part it is. */
type PartOwner = Pick<LedgerPart, "request" | "identityEpoch">;

const NO_BYTES = new Uint8Array(0);
const NOTHING_BESIDE = { histograms: null, exemplars: null, metadata: null };

export class SliceSender {
  readonly #ledger: RequestLedger;
  readonly #rows: RowRouter;
  readonly #router: BatchRouter;
  readonly #shardLogs: Uint16Array;
  partCount = 0;

  constructor(ledger: RequestLedger, rows: RowRouter, router: BatchRouter, shardLogs: Uint16Array) {
    this.#ledger = ledger;
    this.#rows = rows;
    this.#router = router;
    this.#shardLogs = shardLogs;
  }

  /** What the rows' router has dealt out, and the parts of shards that need more than that. */
  sendSamples(owner: PartOwner, options: BodyOptions, parts: readonly ShardPart[]): void {
    const rows = this.#rows;
    rows.pack();
    for (let log = 0; log < rows.logCount; log++) {
      const packed = rows.packOf(log);
      // Once senders are known there are none, and nothing is made for them.
      const others = parts.length === 0 ? parts : parts.filter((part) => this.#isOf(log, part));
      if (packed.length === 0 && others.length === 0) continue;
      const shards = packedShards(packed);
      for (const { shard } of others) shards.push(shard);
      const entries = others.map((part) => ({ shard: part.shard, ids: part.entryIds() }));
      const batches = others.map((part) => this.#batchOf(options, part));
      const part = { ...owner, shards, entries, isHistograms: false, metadataHashes: [] };
      this.#send(options, log, part, packed, batches);
    }
  }

  sendHistograms(
    owner: PartOwner,
    options: BodyOptions,
    histograms: readonly HistogramBatch[],
  ): void {
    const byLog = Map.groupBy(histograms, ({ shard }) => this.#shardLogs[shard]!);
    for (const [log, ofLog] of byLog) {
      const batches = ofLog.map((batch) => this.#histogramsOf(options, batch));
      const shards = ofLog.map(({ shard }) => shard);
      const entries = ofLog.map(({ shard, entryIds }) => ({ shard, ids: entryIds }));
      const part = { ...owner, shards, entries, isHistograms: true, metadataHashes: [] };
      this.#send(options, log, part, NO_BYTES, batches);
    }
  }

  sendItems(owner: PartOwner, options: BodyOptions, items: readonly ItemBatch[]): void {
    const byLog = Map.groupBy(items, ({ shard }) => this.#shardLogs[shard]!);
    for (const [log, ofLog] of byLog) {
      const batches = ofLog.map((item) => this.#itemsOf(options, item));
      const shards = ofLog.map(({ shard }) => shard);
      const metadataHashes = ofLog.flatMap((item) => item.metadataHashes);
      const part = { ...owner, shards, entries: [], isHistograms: false, metadataHashes };
      this.#send(options, log, part, NO_BYTES, batches);
    }
  }

  #isOf(log: number, { shard, sampleCount }: ShardPart): boolean {
    return sampleCount > 0 && this.#shardLogs[shard] === log;
  }

  #batchOf({ tenant, isHistory = false }: BodyOptions, part: ShardPart): AppendBatch {
    const { shard } = part;
    const generation = this.#rows.generation(shard);
    const head = { tenant, shard, generation, isHistory, ...NOTHING_BESIDE };
    return batchOf(head, part.columns());
  }

  #histogramsOf(
    { tenant, isHistory = false }: BodyOptions,
    { shard, histograms, columns }: HistogramBatch,
  ): AppendBatch {
    const generation = this.#rows.generation(shard);
    const head = { tenant, shard, generation, isHistory, ...NOTHING_BESIDE, histograms };
    return batchOf(head, columns);
  }

  #itemsOf({ tenant, isHistory = false }: BodyOptions, item: ItemBatch): AppendBatch {
    const { shard, exemplars, metadata } = item;
    const generation = this.#rows.generation(shard);
    const head = { tenant, shard, generation, isHistory, histograms: null, exemplars, metadata };
    return batchOf(head, NO_COLUMNS);
  }

  #send(
    { tenant, isHistory = false }: BodyOptions,
    log: number,
    part: LedgerPart,
    packed: Uint8Array,
    batches: readonly AppendBatch[],
  ): void {
    const token = this.#ledger.addPart(part);
    this.partCount++;
    this.#router.send(token, log, { tenant, isHistory, packed, batches });
  }
}
