/**
 * The cut verb and what follows it: a generation closes, is read for a flush and released. The cut
 * record carries what a replica cannot know: which series the primary found idle.
 */
import type { ClosedGeneration, GenerationCursor } from "#storage/head-generation.ts";
import {
  RECORD_CUT,
  RECORD_FLAG_MUST_UNDERSTAND,
  type LogRecordDraft,
} from "#storage/log-record.ts";
import { dropIdleSeries, dropRuns } from "../head/head-cut.ts";
import type { HeadGeneration } from "../head/head-generations.ts";
import { decodeCut, encodeCut } from "./cut-payload.ts";
import { HeadGenerationCursor } from "./head-generation-cursor.ts";
import type { ShardParts } from "./shard-parts.ts";

/** Errors: `storage.overloaded` when too many generations wait for their release. */
export function cutHead(parts: ShardParts): LogRecordDraft {
  const { head } = parts;
  const { generations } = head;
  generations.checkRoom();
  const { number, newestMs } = generations;
  const droppedRuns = dropIdleSeries(head);
  parts.appliedSeq++;
  const seq = parts.appliedSeq;
  generations.noteRecords(seq, 1);
  generations.close(number, seq, droppedRuns);
  return draftCut(
    encodeCut({ generation: number, seq, newestMs, nextRef: head.nextRef, droppedRuns }),
  );
}

export function applyCut(parts: ShardParts, payload: Uint8Array, seq: number): void {
  const { head } = parts;
  const cut = decodeCut(payload);
  dropRuns(head, cut.droppedRuns);
  head.memory.kernel.passRefs(cut.nextRef);
  head.generations.close(cut.generation, seq, cut.droppedRuns);
}

/** A cut that the series log remembers. */
export function restoreCut(parts: ShardParts, payload: Uint8Array): void {
  const { head } = parts;
  const cut = decodeCut(payload);
  dropRuns(head, cut.droppedRuns);
  head.memory.kernel.passRefs(cut.nextRef);
  head.generations.resumeAfter(cut.generation, cut.newestMs);
}

/** The cut that closed `generation`, once more. */
export function draftCutOf(generation: HeadGeneration, droppedRuns: Uint32Array): LogRecordDraft {
  return draftCut(
    encodeCut({
      generation: generation.number,
      seq: generation.lastSeq,
      newestMs: generation.newestMs,
      nextRef: generation.endRef,
      droppedRuns,
    }),
  );
}

export function closedGenerations(parts: ShardParts): readonly ClosedGeneration[] {
  return parts.head.generations.closed.map(
    ({ number, firstSeq, lastSeq, minMs, maxMs, sampleCount }) => {
      return { number, firstSeq, lastSeq, minMs, maxMs, sampleCount };
    },
  );
}

export function readGeneration(parts: ShardParts, number: number): GenerationCursor {
  const { head } = parts;
  return new HeadGenerationCursor(head, head.generations.find(number));
}

function draftCut(payload: Uint8Array): LogRecordDraft {
  return { type: RECORD_CUT, flags: RECORD_FLAG_MUST_UNDERSTAND, count: 1, payload };
}
