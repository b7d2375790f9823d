/**
 * Where the columns of one batch lie in the head's scratch space. Wide columns come first, so each
 * is aligned for its element.
 */
export interface BatchColumns {
  /** Addresses. */
  readonly timestamps: number;
  readonly values: number;
  readonly fingerprints: number;
  readonly placements: number;
  readonly journal: number;
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
  const fingerprints = values + 8 * sampleCount;
  const placements = fingerprints + 8 * labelCount;
  const journal = placements + 8 * labelCount;
  const labelStart = journal + 8 * sampleCount;
  const entryRefs = labelStart + 4 * (labelCount + 1);
  const series = entryRefs + 4 * labelCount;
  const labels = series + 4 * sampleCount;
  const verdicts = labels + labelBytes;
  return {
    timestamps,
    values,
    fingerprints,
    placements,
    journal,
    labelStart,
    entryRefs,
    series,
    labels,
    verdicts,
    end: verdicts + sampleCount,
  };
}
