/**
 * The engine over shards on a simulated disk, read the way a node reads them: for scripts about what
 * storage makes of the samples. Series whose label `shard` is `lost` lie in a shard that has failed.
 * Before the first query after a load the newest two hours of six are as received, the two before
 * are there by minute and the oldest two by hour.
 */
import { encodeHistogram } from "#chunk/histogram/encode-histogram.ts";
import { labelValue } from "#model/labels.ts";
import { tenantId } from "#model/refs.ts";
import type { Clock } from "#runtime/ports/clock.ts";
import type { QueryWindow } from "#promql/analyze/query-window.ts";
import { Engine } from "#promql/engine.ts";
import type { Expr } from "#promql/parse/ast.ts";
import { QUERY_FEATURES_ALL, QUERY_LIMITS_DEFAULT } from "#promql/query-options.ts";
import type { QueryResult } from "#promql/query-result.ts";
import type { LoadedSeries } from "#promql/script/classic-to-native.ts";
import { SCRIPT_SETTINGS } from "#promql/script/script-settings.ts";
import type { ScriptTarget } from "#promql/script/script-target.ts";
import { writeStaleAt } from "#model/staleness.ts";
import { MissingParts } from "#storage/missing-parts.ts";
import type { Queryable } from "#storage/queryable.ts";
import { type BatchRow, bitsOf, buildBatch, histogramRow } from "#test/support/batch-builder.ts";
import { FlushingShard, readersOf } from "#test/support/flushing-shard.ts";
import { TIER_1H, TIER_1M, TIER_RAW } from "#tsdb/block/tier.ts";

const TENANT = tenantId(0);
const HOUR_MS = 3_600_000;
const HOURS = 6;
const RAW_FROM_HOUR = 4;
const MINUTES_FROM_HOUR = 2;

export class StoredTarget implements ScriptTarget {
  readonly #clock: Clock;
  readonly #answersPartly: boolean;
  readonly #signal: AbortSignal = new AbortController().signal;
  #shards: FlushingShard[] = [];
  /** Null while samples have come that were not flushed. */
  #queryable: Queryable | null = null;

  constructor(clock: Clock, answersPartly: boolean) {
    this.#clock = clock;
    this.#answersPartly = answersPartly;
  }

  async clear(): Promise<void> {
    this.#shards = [await FlushingShard.open(), await FlushingShard.open()];
    this.#queryable = null;
  }

  async load(series: readonly LoadedSeries[]): Promise<void> {
    for (const [at, shard] of this.#shards.entries()) {
      const own = series.filter(
        ({ labels }) => (labelValue(labels, "shard") === "lost") === at > 0,
      );
      shard.append(buildBatch(TENANT, shard.store.generation, own.flatMap(rowsOf)));
    }
    this.#queryable = null;
  }

  obstacle(): null {
    return null;
  }

  async evaluate(expr: Expr, text: string, window: QueryWindow): Promise<QueryResult> {
    this.#queryable ??= await this.#age();
    const engine = new Engine({
      queryable: this.#queryable,
      clock: this.#clock,
      features: QUERY_FEATURES_ALL,
      limits: QUERY_LIMITS_DEFAULT,
      lookbackMs: SCRIPT_SETTINGS.lookbackMs,
      defaultSubqueryStepMs: SCRIPT_SETTINGS.defaultSubqueryStepMs,
    });
    const missing = this.#answersPartly ? new MissingParts() : null;
    return engine.evaluate(expr, { tenant: TENANT, text, missing }, window, this.#signal);
  }

  async #age(): Promise<Queryable> {
    for (const shard of this.#shards) {
      shard.cut();
      await shard.flush();
      for (let at = 0; at < HOURS; at += 2) {
        await shard.compact(at * HOUR_MS, 2 * HOUR_MS, [TIER_1M, TIER_1H]);
      }
      await shard.expire(TIER_RAW, RAW_FROM_HOUR * HOUR_MS);
      await shard.expire(TIER_1M, MINUTES_FROM_HOUR * HOUR_MS);
    }
    const [sound, lost] = this.#shards;
    lost!.isFaulted = lost!.state.blocks.size > 0;
    return readersOf(sound!, lost!).queryable;
  }
}

function rowsOf({ labels, samples }: LoadedSeries): BatchRow[] {
  return samples.map(({ timeMs, value }) => {
    if (typeof value === "object") {
      return histogramRow(labels, timeMs, encodeHistogram(value, false)!);
    }
    return { series: labels, timestampMs: timeMs, bits: value === "stale" ? STALE : bitsOf(value) };
  });
}

const STALE: bigint = (() => {
  const values = new Float64Array(1);
  writeStaleAt(values, 0);
  return new BigUint64Array(values.buffer)[0]!;
})();
