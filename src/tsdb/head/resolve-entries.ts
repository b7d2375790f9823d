/**
 * Finds or creates the series of label entries: copies the entries into the head's scratch space
 * and lets the kernel do the rest. Used for batches and for the records of a log alike, so refs come
 * out the same. Room was reserved by the caller.
 */
import type { AppendBatch } from "#storage/append-batch.ts";
import type { BatchColumns } from "./batch-columns.ts";
import type { Head } from "./head.ts";

export type LabelEntries = Pick<
  AppendBatch,
  "tenant" | "labelCount" | "labelStart" | "labelBytes" | "fingerprints" | "placements"
>;

/** Refs of the entries go to `columns.entryRefs`; those at or above the former count are new. */
export function resolveEntries(head: Head, entries: LabelEntries, columns: BatchColumns): void {
  const { labelCount, labelStart, fingerprints, placements } = entries;
  if (labelCount === 0) return;
  const { u8, u32, kernel } = head.memory;
  const base = labelStart[0]!;
  u32.set(fingerprints.subarray(0, 2 * labelCount), columns.fingerprints / 4);
  u32.set(placements.subarray(0, 2 * labelCount), columns.placements / 4);
  u32.set(labelStart.subarray(0, labelCount + 1), columns.labelStart / 4);
  u8.set(entries.labelBytes.subarray(base, labelStart[labelCount]!), columns.labels);
  kernel.resolve(
    entries.tenant,
    labelCount,
    columns.labelStart,
    // Starts count from the caller's base; addresses wrap, so this may be below zero.
    columns.labels - base,
    columns.fingerprints,
    columns.placements,
    columns.entryRefs,
  );
}
