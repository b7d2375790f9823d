/**
 * The records of a shard's series log for one of the shards that it is split into: series,
 * exemplars and metadata of its range of placements, and every cut. Refs stay what they are.
 */
import { METRIC_NAME, labelsOf } from "#model/labels.ts";
import { encodeLabels } from "#model/canonical-labels.ts";
import { SeriesHasher, shardOfPlacement, type PlacementOptions } from "#model/placement.ts";
import type { ShardId, TenantId } from "#model/refs.ts";
import { splitExemplarItems } from "#storage/exemplar-item.ts";
import {
  RECORD_EXEMPLARS,
  RECORD_METADATA,
  RECORD_SERIES,
  type LogRecordDraft,
} from "#storage/log-record.ts";
import { splitMetadataItems } from "#storage/metadata-item.ts";
import { decodeItemsPayload, encodeItemsPayload } from "../items-payload.ts";
import { SeriesPayloadReader } from "../wal/series-payload-reader.ts";
import { SeriesPayloadWriter } from "../wal/series-payload-writer.ts";

export class ChildRecords {
  readonly #child: ShardId;
  readonly #shardCount: number;
  readonly #hasher: SeriesHasher;
  readonly #writer = new SeriesPayloadWriter();
  readonly #fingerprint = new Uint32Array(2);
  readonly #placement = new Uint32Array(2);

  constructor(child: ShardId, shardCount: number, placement: PlacementOptions) {
    this.#child = child;
    this.#shardCount = shardCount;
    this.#hasher = new SeriesHasher(placement);
  }

  /** What of a record is the child's, with a payload of its own; null when nothing is. */
  of(draft: LogRecordDraft): LogRecordDraft | null {
    if (draft.type === RECORD_SERIES) return this.#seriesOf(draft);
    if (draft.type === RECORD_EXEMPLARS || draft.type === RECORD_METADATA) {
      return this.#itemsOf(draft);
    }
    return { ...draft, payload: draft.payload.slice() };
  }

  #seriesOf(draft: LogRecordDraft): LogRecordDraft | null {
    const reader = new SeriesPayloadReader(draft.payload.slice(), draft.count);
    const writer = this.#writer;
    writer.reset(reader.tenant);
    while (reader.next()) {
      const { ref, fingerprintLow, fingerprintHigh, placementLow, placementHigh } = reader;
      if (!this.#isOwn(placementHigh)) continue;
      const { payload, labelStart, labelEnd } = reader;
      const labels = [payload, labelStart, labelEnd] as const;
      writer.add(ref, fingerprintLow, fingerprintHigh, placementLow, placementHigh, ...labels);
    }
    if (writer.count === 0) return null;
    return { ...draft, count: writer.count, payload: writer.payload.slice() };
  }

  /** They say whose they are by their labels: exemplars of a series, metadata of a bare name. */
  #itemsOf(draft: LogRecordDraft): LogRecordDraft | null {
    const { tenant, bytes } = decodeItemsPayload(draft.payload);
    const own =
      draft.type === RECORD_EXEMPLARS
        ? splitExemplarItems(bytes, draft.count).filter(({ series }) => this.#has(tenant, series))
        : splitMetadataItems(bytes, draft.count).filter(({ metric }) =>
            this.#has(tenant, encodeLabels(labelsOf([[METRIC_NAME, metric]]))),
          );
    if (own.length === 0) return null;
    const payload = encodeItemsPayload(
      tenant,
      own.map((item) => item.bytes),
    );
    return { ...draft, count: own.length, payload };
  }

  #has(tenant: TenantId, labels: Uint8Array): boolean {
    this.#hasher.hash(tenant, labels, 0, labels.length, this.#fingerprint, this.#placement, 0);
    return this.#isOwn(this.#placement[1]!);
  }

  #isOwn(placementHigh: number): boolean {
    return shardOfPlacement(placementHigh, this.#shardCount) === this.#child;
  }
}
