/**
 * Finds or creates the series of label entries: copies the entries into the head's scratch space
 * and lets the kernel do the rest. Batches get refs issued, records of a log bring them. Room was
 * reserved by the caller.
 */
import type { AppendBatch } from "#storage/append-batch.ts";
import type { BatchColumns } from "./batch-columns.ts";
import type { Head } from "./head.ts";

export type LabelEntries = Pick<
  AppendBatch,
  "tenant" | "labelCount" | "labelStart" | "labelBytes" | "fingerprints" | "placements"
>;

/** Copies the entries to the columns, all but the refs. */
export function copyEntries(head: Head, entries: LabelEntries, columns: BatchColumns): void {
  const { labelCount, labelStart, fingerprints, placements } = entries;
  if (labelCount === 0) return;
  const { u8, u32 } = head.memory;
  u32.set(fingerprints.subarray(0, 2 * labelCount), columns.fingerprints / 4);
  u32.set(placements.subarray(0, 2 * labelCount), columns.placements / 4);
  u32.set(labelStart.subarray(0, labelCount + 1), columns.labelStart / 4);
  u8.set(entries.labelBytes.subarray(labelStart[0], labelStart[labelCount]!), columns.labels);
}

/** Refs of the entries go to `columns.entryRefs`; those at or above the former count are new. */
export function resolveEntries(head: Head, entries: LabelEntries, columns: BatchColumns): void {
  if (entries.labelCount === 0) return;
  head.memory.kernel.resolve(
    entries.tenant,
    entries.labelCount,
    columns.labelStart,
    // Starts count from the caller's base; addresses wrap, so this may be below zero.
    columns.labels - entries.labelStart[0]!,
    columns.fingerprints,
    columns.placements,
    columns.entryRefs,
  );
}

/**
 * Creates the series of the entries under the refs in `columns.entryRefs`; those there already stay.
 * Returns the first entry that contradicts the head, or -1.
 */
export function restoreEntries(head: Head, entries: LabelEntries, columns: BatchColumns): number {
  if (entries.labelCount === 0) return -1;
  return head.memory.kernel.restore(
    entries.tenant,
    entries.labelCount,
    columns.labelStart,
    columns.labels - entries.labelStart[0]!,
    columns.fingerprints,
    columns.placements,
    columns.entryRefs,
  );
}
