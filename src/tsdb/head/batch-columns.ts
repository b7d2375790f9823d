/**
 * Where the columns of one batch lie in the head's scratch space, each aligned for its element. Those
 * of the samples lie behind one another, as in a packed batch.
 */
import { align8 } from "#base/bytes/align8.ts";
import { samplesPayloadBytesMax } from "../wal/sample-payload.ts";

export interface BatchColumns {
  /** Addresses. */
  readonly timestamps: number;
  readonly values: number;
  readonly fingerprints: number;
  readonly placements: number;
  readonly journal: number;
  /** Of the samples record that is made of the batch. */
  readonly payload: number;
  readonly labelStart: number;
  readonly entryRefs: number;
  readonly series: number;
  readonly labels: number;
  readonly verdicts: number;
  /** First address after them. */
  readonly end: number;
}

/** Columns from address `base` (8-byte aligned) on; with base 0, `end` is the room they need. */
export function placeBatchColumns(
  base: number,
  sampleCount: number,
  labelCount: number,
  labelBytes: number,
): BatchColumns {
  const timestamps = base;
  const values = timestamps + 8 * sampleCount;
  const series = values + 8 * sampleCount;
  const fingerprints = series + align8(4 * sampleCount);
  const placements = fingerprints + 8 * labelCount;
  const journal = placements + 8 * labelCount;
  const payload = journal + 8 * sampleCount;
  const labelStart = payload + samplesPayloadBytesMax(sampleCount);
  const entryRefs = labelStart + 4 * (labelCount + 1);
  const labels = entryRefs + 4 * labelCount;
  const verdicts = labels + labelBytes;
  return {
    timestamps,
    values,
    fingerprints,
    placements,
    journal,
    payload,
    labelStart,
    entryRefs,
    series,
    labels,
    verdicts,
    end: verdicts + sampleCount,
  };
}
