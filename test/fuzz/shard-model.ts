/**
 * What one shard must hold, as plain maps: judges each sample of a batch by the written rules and
 * answers as the shard's actor would. Knows nothing of heads, refs tables or logs.
 */
import { decodeLabels, describeSeries } from "#model/canonical-labels.ts";
import { labelsKey } from "#model/labels.ts";
import { SeriesHasher, shardOfPlacement } from "#model/placement.ts";
import type { PlacementOptions } from "#model/placement.ts";
import type { AppendBatch } from "#storage/append-batch.ts";
import { REPLY_DURABLE, REPLY_REJECTIONS_MAX, REPLY_STALE_REFS } from "#storage/append-reply.ts";
import type { ShardReply } from "#storage/append-reply.ts";
import type { Rejection } from "#storage/body-appender.ts";
import * as verdicts from "#storage/verdict.ts";
import { EXEMPLARS_MAX_DEFAULT } from "#tsdb/shard-store/shard-store-options.ts";
import type { StoredSeries } from "#test/support/head-stores.ts";
import { ExemplarModel } from "./exemplar-model.ts";

const WINDOW_MS = 3_600_000;
const AHEAD_MS_MAX = 600_000;
const LIMIT_MS = 2 ** 52;

const NOTHING = { refs: new Uint32Array(0), writtenCount: 0, rejectedCount: 0 };

interface ModelSample {
  readonly bits: bigint;
  /** Of a histogram, in hexadecimal behind a colon; else empty. */
  readonly item: string;
}

interface ModelSeries {
  readonly bytes: Uint8Array;
  readonly fingerprint: number;
  newestMs: number;
  /** By timestamp. */
  readonly samples: Map<number, ModelSample>;
}

export interface ShardModelOptions {
  readonly shard: number;
  readonly shardCount: number;
  readonly placement: PlacementOptions;
  readonly generation: number;
}

export class ShardModel {
  readonly #options: ShardModelOptions;
  readonly #hasher: SeriesHasher;
  readonly #series: ModelSeries[] = [];
  readonly #refs = new Map<string, number>();
  readonly #exemplars = new ExemplarModel(WINDOW_MS, EXEMPLARS_MAX_DEFAULT);

  constructor(options: ShardModelOptions) {
    this.#options = options;
    this.#hasher = new SeriesHasher(options.placement);
  }

  append(batch: AppendBatch, trustedNowMs: number): ShardReply {
    const { generation, shard } = this.#options;
    if (batch.exemplars !== null) {
      const outcome = this.#exemplars.append(batch.exemplars, trustedNowMs);
      return { status: REPLY_DURABLE, generation, shard, ...NOTHING, ...outcome };
    }
    const refs = Uint32Array.from({ length: batch.labelCount }, (_, i) => this.#resolve(batch, i));
    const bits = new BigUint64Array(
      batch.values.slice(0, batch.sampleCount).buffer,
      0,
      batch.sampleCount,
    );
    const rejections: Rejection[] = [];
    let isStale = false;
    let written = 0;
    let rejected = 0;
    for (let i = 0; i < batch.sampleCount; i++) {
      const isKnown = i < batch.knownCount;
      if (isKnown && batch.generation !== generation) {
        isStale = true;
        continue;
      }
      const series = this.#series[isKnown ? batch.series[i]! : refs[batch.series[i]!]!]!;
      const timestampMs = batch.timestamps[i]! + 0;
      const verdict = judge(series, timestampMs, bits[i]!, trustedNowMs);
      if (verdict === verdicts.VERDICT_WRITTEN) {
        series.samples.set(timestampMs, { bits: bits[i]!, item: itemOf(batch, i) });
        series.newestMs = Math.max(series.newestMs, timestampMs);
      }
      if (verdicts.isStored(verdict)) {
        written++;
        continue;
      }
      rejected++;
      if (rejections.length === REPLY_REJECTIONS_MAX) continue;
      const text = describeSeries(series.bytes);
      rejections.push({ verdict, series: text, timestampMs: batch.timestamps[i]!, detail: "" });
    }
    const status = isStale ? REPLY_STALE_REFS : REPLY_DURABLE;
    const counts = { writtenCount: written, rejectedCount: rejected, rejections };
    return { status, generation, shard, refs, ...counts };
  }

  /** 32 bits that name the series of sample `i` of a batch that `append` has taken. */
  nameOf(batch: AppendBatch, i: number): number {
    if (i >= batch.knownCount) return batch.fingerprints[2 * batch.series[i]!]!;
    return this.#series[batch.series[i]!]?.fingerprint ?? 0;
  }

  snapshot(): StoredSeries[] {
    return this.#series
      .filter(({ samples }) => samples.size > 0)
      .map(({ bytes, samples }) => ({
        key: labelsKey(decodeLabels(bytes)),
        samples: [...samples]
          .toSorted(([a], [b]) => a - b)
          .map(([timestampMs, { bits, item }]) => `${timestampMs}:${bits.toString(16)}${item}`),
      }));
  }

  /** Checks that the entry is hashed right and belongs here; returns its ref. */
  #resolve(batch: AppendBatch, entry: number): number {
    const { shard, shardCount } = this.#options;
    const bytes = batch.labelBytes.slice(batch.labelStart[entry], batch.labelStart[entry + 1]);
    const fingerprint = new Uint32Array(2);
    const placement = new Uint32Array(2);
    this.#hasher.hash(batch.tenant, bytes, 0, bytes.length, fingerprint, placement, 0);
    const at = (column: Uint32Array): string => column.subarray(2 * entry, 2 * entry + 2).join();
    if (
      fingerprint.join() !== at(batch.fingerprints) ||
      placement.join() !== at(batch.placements) ||
      shardOfPlacement(placement[1]!, shardCount) !== shard
    ) {
      throw new Error(`shard ${shard}: got a series that hashes elsewhere`);
    }
    const key = Buffer.from(bytes).toString("latin1");
    let ref = this.#refs.get(key);
    if (ref === undefined) {
      ref = this.#series.length;
      this.#refs.set(key, ref);
      const newestMs = Number.NEGATIVE_INFINITY;
      this.#series.push({ bytes, fingerprint: fingerprint[0]!, newestMs, samples: new Map() });
    }
    return ref;
  }
}

function itemOf({ histograms }: AppendBatch, sample: number): string {
  const at = histograms?.sampleIndex.indexOf(sample) ?? -1;
  if (histograms === null || at < 0) return "";
  const { bytes, start } = histograms;
  return `:${bytes.slice(start[at], start[at + 1]).toHex()}`;
}

function judge(series: ModelSeries, timestampMs: number, bits: bigint, nowMs: number): number {
  if (timestampMs < -LIMIT_MS || timestampMs >= LIMIT_MS) return verdicts.VERDICT_TIMESTAMP_RANGE;
  if (timestampMs > nowMs + AHEAD_MS_MAX) return verdicts.VERDICT_TOO_FAR_AHEAD;
  const stored = series.samples.get(timestampMs);
  if (stored?.bits === bits) return verdicts.VERDICT_REPEATED;
  if (timestampMs < series.newestMs - WINDOW_MS) return verdicts.VERDICT_TOO_OLD;
  return stored === undefined ? verdicts.VERDICT_WRITTEN : verdicts.VERDICT_CONFLICT;
}
