/**
 * Cuts for series logs as plain sets of series, and what a load brings back. A test says which
 * series live at which cut and compares sets, never bytes.
 */
import { encodeLabels } from "#model/canonical-labels.ts";
import { labelsOf } from "#model/labels.ts";
import { seriesRef, shardId, tenantId } from "#model/refs.ts";
import type { Disk } from "#runtime/ports/disk.ts";
import { RECORD_CUT, RECORD_SERIES, type LogRecordDraft } from "#storage/log-record.ts";
import type { FileOwner } from "#tsdb/block/file-header.ts";
import type { SeriesLogLoad } from "#tsdb/series-log/series-log-load.ts";
import { SeriesLog, type SeriesLogCut } from "#tsdb/series-log/series-log.ts";
import { decodeCut, encodeCut } from "#tsdb/shard-store/cut-payload.ts";
import { SeriesPayloadReader } from "#tsdb/wal/series-payload-reader.ts";
import { SeriesPayloadWriter } from "#tsdb/wal/series-payload-writer.ts";

export const seriesLogOwner: FileOwner = {
  clusterUuid: new Uint8Array(16).fill(0x5c),
  shard: shardId(3),
};

/** A cut as the shard decided it; `seq` is ten times the generation. */
export interface PlainCut {
  readonly generation: number;
  readonly created: readonly number[];
  readonly dropped: readonly number[];
  /** After it. */
  readonly live: readonly number[];
}

export function seqOf(cut: PlainCut | undefined): number {
  return cut === undefined ? 0 : 10 * cut.generation;
}

/** The cut after `before`: creates series with new refs, drops some of those before. */
export function cutAfter(
  before: PlainCut | undefined,
  createdCount: number,
  isDropped: (ref: number) => boolean,
): PlainCut {
  const first = 1 + Math.max(-1, ...(before?.live ?? []), ...(before?.created ?? []));
  const created = Array.from({ length: createdCount }, (_, i) => first + i);
  const dropped = (before?.live ?? []).filter(isDropped);
  const live = [...(before?.live ?? []).filter((ref) => !dropped.includes(ref)), ...created];
  return { generation: (before?.generation ?? 0) + 1, created, dropped, live };
}

/** As a shard store hands it over, a few series per record. */
export function logCutOf(cut: PlainCut, seriesPerRecord = 3): SeriesLogCut {
  return {
    liveSeries: cut.live.length,
    records(which) {
      const refs = which === "all" ? cut.live : cut.created;
      const drafts: LogRecordDraft[] = [];
      for (let i = 0; i < refs.length; i += seriesPerRecord) {
        drafts.push(seriesDraft(refs.slice(i, i + seriesPerRecord)));
      }
      drafts.push(cutDraft(cut, which === "all" ? [] : cut.dropped));
      let next = 0;
      return { next: () => drafts[next++] ?? null };
    },
  };
}

function seriesDraft(refs: readonly number[]): LogRecordDraft {
  const writer = new SeriesPayloadWriter();
  writer.reset(tenantId(0));
  for (const ref of refs) {
    const labels = encodeLabels(labelsOf([["n", String(ref)]]));
    writer.add(seriesRef(ref), ref, 1, ref, 2, labels, 0, labels.length);
  }
  return { type: RECORD_SERIES, flags: 1, count: refs.length, payload: writer.payload.slice() };
}

function cutDraft(cut: PlainCut, dropped: readonly number[]): LogRecordDraft {
  const payload = encodeCut({
    generation: cut.generation,
    seq: seqOf(cut),
    newestMs: cut.generation,
    nextRef: 1 + Math.max(-1, ...cut.live, ...cut.created),
    droppedRuns: Uint32Array.from(dropped.flatMap((ref) => [ref, 1])),
  });
  return { type: RECORD_CUT, flags: 1, count: 1, payload };
}

export interface OpenedSeriesLog {
  readonly log: SeriesLog;
  readonly loaded: SeriesLogLoad;
  /** Ascending. */
  readonly live: readonly number[];
  /** Of the newest cut; 0 = none. */
  readonly generation: number;
}

export async function openSeriesLog(disk: Disk, flushedSeq: number): Promise<OpenedSeriesLog> {
  const live = new Set<number>();
  let generation = 0;
  const log = await SeriesLog.open({ disk, owner: seriesLogOwner, flushedSeq }, (draft) => {
    const payload = draft.payload.slice();
    if (draft.type === RECORD_SERIES) {
      const reader = new SeriesPayloadReader(payload, draft.count);
      while (reader.next()) live.add(reader.ref);
    } else {
      const cut = decodeCut(payload);
      generation = cut.generation;
      for (let i = 0; i < cut.droppedRuns.length; i += 2) live.delete(cut.droppedRuns[i]!);
    }
  });
  return { log, loaded: log.loaded, live: [...live].toSorted((a, b) => a - b), generation };
}
