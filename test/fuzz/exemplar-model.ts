/**
 * The exemplars that one shard must hold, as a plain list: judges each by the written rules, the dumb
 * way. Values are compared as numbers, labels as bytes in hex.
 */
import { describeSeries } from "#model/canonical-labels.ts";
import type { EncodedItems } from "#storage/append-batch.ts";
import { REPLY_REJECTIONS_MAX } from "#storage/append-reply.ts";
import type { ExemplarCounts } from "#storage/append-reply.ts";
import type { Rejection } from "#storage/body-appender.ts";
import * as verdicts from "#storage/verdict.ts";
import { splitExemplarItems } from "#storage/exemplar-item.ts";

const AHEAD_MS_MAX = 600_000;

interface Held {
  readonly series: string;
  readonly labels: string;
  readonly timestampMs: number;
  readonly value: number;
}

export class ExemplarModel {
  readonly #windowMs: number;
  readonly #capacity: number;
  #all: Held[] = [];

  constructor(windowMs: number, capacity: number) {
    this.#windowMs = windowMs;
    this.#capacity = capacity;
  }

  /** `series time value labels` of each, in the order in which they came. */
  content(): string[] {
    return this.#all.map(({ series, timestampMs, value, labels }) =>
      [series, timestampMs, value, labels].join(" "),
    );
  }

  append(
    { bytes, count }: EncodedItems,
    nowMs: number,
  ): { exemplars: ExemplarCounts; rejections: Rejection[] } {
    const rejections: Rejection[] = [];
    const exemplars = { written: 0, rejected: 0 };
    for (const item of splitExemplarItems(bytes, count)) {
      const { timestampMs, value } = item;
      const [series, labels] = [item.series.toHex(), item.labels.toHex()];
      const held = { series, labels, timestampMs, value };
      const verdict = this.#judge(held, nowMs);
      if (verdict === verdicts.VERDICT_WRITTEN) {
        this.#all = [...this.#all, held].slice(-this.#capacity);
      }
      if (verdicts.isStored(verdict)) {
        exemplars.written++;
        continue;
      }
      exemplars.rejected++;
      if (rejections.length === REPLY_REJECTIONS_MAX) continue;
      const text = describeSeries(item.series);
      rejections.push({ verdict, series: text, timestampMs, detail: "exemplar" });
    }
    return { exemplars, rejections };
  }

  #judge(one: Held, nowMs: number): number {
    if (one.timestampMs > nowMs + AHEAD_MS_MAX) return verdicts.VERDICT_TOO_FAR_AHEAD;
    const others = this.#all.filter(({ series }) => series === one.series);
    const newestMs = Math.max(...others.map(({ timestampMs }) => timestampMs));
    if (others.length === 0 || one.timestampMs > newestMs) return verdicts.VERDICT_WRITTEN;
    const sameTime = others.filter(({ timestampMs }) => timestampMs === one.timestampMs);
    if (one.timestampMs < newestMs) {
      if (one.timestampMs <= newestMs - this.#windowMs) return verdicts.VERDICT_EXEMPLAR_ORDER;
      return sameTime.length > 0 ? verdicts.VERDICT_REPEATED : verdicts.VERDICT_WRITTEN;
    }
    const last = sameTime.at(-1)!;
    if (Object.is(one.value, last.value) || one.value === last.value) {
      if (one.labels === last.labels) return verdicts.VERDICT_REPEATED;
      return one.labels > last.labels ? verdicts.VERDICT_WRITTEN : verdicts.VERDICT_EXEMPLAR_ORDER;
    }
    const isLarger = Number.isNaN(one.value) || one.value > last.value;
    return isLarger ? verdicts.VERDICT_WRITTEN : verdicts.VERDICT_EXEMPLAR_ORDER;
  }
}
