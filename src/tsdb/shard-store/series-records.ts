/**
 * What the series log keeps of a cut: series records with the labels, metadata, exemplars, then the
 * cut itself. Records are those of the log, so reading them back is a replay.
 */
import { SERIES_TENANT } from "#kernels/layout/head-layout.ts";
import type { SeriesRef, TenantId } from "#model/refs.ts";
import type { SeriesRecordCursor } from "#storage/head-generation.ts";
import {
  RECORD_EXEMPLARS,
  RECORD_FLAG_MUST_UNDERSTAND,
  RECORD_METADATA,
  RECORD_SERIES,
  type LogRecordDraft,
} from "#storage/log-record.ts";
import type { Head } from "../head/head.ts";
import { isDropped } from "../head/head-cut.ts";
import type { HeadGeneration } from "../head/head-generations.ts";
import { liveRefs } from "../head/live-refs.ts";
import { SeriesPayloadWriter } from "../wal/series-payload-writer.ts";
import { draftItems } from "./draft-items.ts";
import type { ShardParts } from "./shard-parts.ts";
import { draftCutOf } from "./shard-store-cut.ts";

/** Bounds what a step copies, and what is lost when the end of the file is torn. */
export const SERIES_RECORD_BYTES_MAX: number = 256 * 1024;

const NO_RUNS = new Uint32Array(0);

export class SeriesRecords implements SeriesRecordCursor {
  readonly #head: Head;
  readonly #generation: HeadGeneration;
  readonly #isWhole: boolean;
  readonly #writer = new SeriesPayloadWriter(SERIES_RECORD_BYTES_MAX);
  /** By tenant, because a record has one. */
  readonly #refs: Uint32Array;
  #next = 0;
  /** Metadata and exemplars. */
  readonly #items: LogRecordDraft[];
  #isDone = false;

  constructor(parts: ShardParts, generation: HeadGeneration, which: "new" | "all") {
    const { head, metadata, exemplars } = parts;
    this.#head = head;
    this.#generation = generation;
    this.#isWhole = which === "all";
    const { number } = generation;
    const since = this.#isWhole ? 0 : number;
    this.#items = [
      ...draftItems(RECORD_METADATA, metadata.since(since, number), SERIES_RECORD_BYTES_MAX),
      ...draftItems(RECORD_EXEMPLARS, exemplars.since(since, number), SERIES_RECORD_BYTES_MAX),
    ];
    const first = this.#isWhole ? 0 : generation.firstRef;
    this.#refs = this.#byTenant(liveRefs(head, first, generation.endRef));
  }

  next(): LogRecordDraft | null {
    if (this.#isDone) return null;
    this.#skipGone();
    if (this.#next < this.#refs.length) return this.#series();
    const items = this.#items.shift();
    if (items !== undefined) return items;
    this.#isDone = true;
    return draftCutOf(this.#generation, this.#isWhole ? NO_RUNS : this.#generation.droppedRuns);
  }

  #series(): LogRecordDraft {
    const writer = this.#writer;
    const tenant = this.#tenant(this.#refs[this.#next]!);
    writer.reset(tenant);
    while (this.#next < this.#refs.length) {
      const ref = this.#refs[this.#next]!;
      if (this.#tenant(ref) !== tenant || !this.#add(ref)) break;
      this.#next++;
      this.#skipGone();
    }
    return {
      type: RECORD_SERIES,
      flags: RECORD_FLAG_MUST_UNDERSTAND,
      count: writer.count,
      payload: writer.payload,
    };
  }

  #add(ref: number): boolean {
    const head = this.#head;
    const { u32 } = head.memory;
    const fingerprint = head.fingerprintWord(ref);
    const placement = head.placementWord(ref);
    const labels = head.labelBytes(ref);
    return this.#writer.add(
      ref as SeriesRef,
      u32[fingerprint]!,
      u32[fingerprint + 1]!,
      u32[placement]!,
      u32[placement + 1]!,
      labels,
      0,
      labels.length,
    );
  }

  /** Series may be dropped between two calls. */
  #skipGone(): void {
    const head = this.#head;
    while (this.#next < this.#refs.length) {
      const ref = this.#refs[this.#next]!;
      if (head.isLive(ref) && !isDropped(head, ref)) return;
      this.#next++;
    }
  }

  /** Tenant by tenant, ascending as they come: dealt out, since to sort a large head takes long. */
  #byTenant(refs: Uint32Array): Uint32Array {
    const counts = new Map<TenantId, number>();
    for (const ref of refs) {
      const tenant = this.#tenant(ref);
      counts.set(tenant, (counts.get(tenant) ?? 0) + 1);
    }
    if (counts.size <= 1) return refs;
    const next = new Map<TenantId, number>();
    let start = 0;
    for (const tenant of [...counts.keys()].toSorted((a, b) => a - b)) {
      next.set(tenant, start);
      start += counts.get(tenant)!;
    }
    const dealt = new Uint32Array(refs.length);
    for (const ref of refs) {
      const tenant = this.#tenant(ref);
      const at = next.get(tenant)!;
      next.set(tenant, at + 1);
      dealt[at] = ref;
    }
    return dealt;
  }

  #tenant(ref: number): TenantId {
    const { u32 } = this.#head.memory;
    return u32[this.#head.recordWord(ref) + SERIES_TENANT / 4]! as TenantId;
  }
}
