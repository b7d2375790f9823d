/** The journal around one kernel call that stores samples; see `view-history.ts`. */
import type { Head } from "./head.ts";

const MARK_UNKNOWN = -1;

/** `address` has room for one entry (8 bytes) per sample of the call. */
export function startJournal(head: Head, address: number): void {
  const { views, memory } = head;
  const { isOpen, mark } = views;
  if (!isOpen && head.closedMark === mark) return;
  memory.kernel.setJournal(isOpen ? address : 0, mark);
  head.closedMark = isOpen ? MARK_UNKNOWN : mark;
}

/** Hands the entries to the open views and stops the journal. */
export function collectJournal(head: Head, address: number): void {
  if (!head.views.isOpen) return;
  const { kernel, u32 } = head.memory;
  const entries = kernel.journalEntries();
  head.views.record(u32.subarray(address / 4, address / 4 + 2 * entries));
  kernel.setJournal(0, 0);
}
