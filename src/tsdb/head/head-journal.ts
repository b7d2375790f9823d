/** The journal around one kernel call that stores samples; see `view-history.ts`. */
import type { Head } from "./head.ts";

/** `address` has room for one entry (8 bytes) per sample of the call. */
export function startJournal(head: Head, address: number): void {
  const { views, memory } = head;
  memory.kernel.setJournal(views.isOpen ? address : 0, views.mark);
}

/** Hands the entries to the open views and stops the journal. */
export function collectJournal(head: Head, address: number): void {
  if (!head.views.isOpen) return;
  const { kernel, u32 } = head.memory;
  const entries = kernel.journalEntries();
  head.views.record(u32.subarray(address / 4, address / 4 + 2 * entries));
  kernel.setJournal(0, 0);
}
