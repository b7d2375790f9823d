/** Serves index statistics of the shards of one worker, one bounded slice per call. */
import { EngineError } from "#base/engine-error.ts";
import type { TenantId } from "#model/refs.ts";
import type { MessageLink } from "#runtime/worker/message-link.ts";
import { WorkerHost } from "#runtime/worker/worker-host.ts";
import type { LabelCountsCursor, LabelCountsSlice } from "#storage/label-counts.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import type { HeadStatusContract, HeadTotals } from "./head-status-contract.ts";

/** Operators ask one at a time; a cursor holds a list of label names. */
const CURSORS_MAX = 16;

export interface HeadStatusParts {
  readonly totals: () => HeadTotals;
  /** One cursor per shard. */
  readonly labelCounts: (tenant: TenantId) => LabelCountsCursor[];
}

export function serveHeadStatus(link: MessageLink, parts: HeadStatusParts): void {
  const open = new Map<number, LabelCountsCursor[]>();
  const host = new WorkerHost<HeadStatusContract>(link, {
    open: ({ cursor, tenant }) => {
      if (open.size >= CURSORS_MAX) {
        throw new EngineError(OVERLOADED, `cannot count labels: ${open.size} counts are under way`);
      }
      open.set(cursor, parts.labelCounts(tenant));
      return parts.totals();
    },
    next: ({ cursor }) => {
      const slice = nextSlice(open.get(cursor) ?? []);
      if (slice === null) open.delete(cursor);
      return slice;
    },
  });
  host.onNotice("close", ({ cursor }) => void open.delete(cursor));
}

function nextSlice(cursors: LabelCountsCursor[]): LabelCountsSlice | null {
  for (;;) {
    const first = cursors[0];
    if (first === undefined) return null;
    const slice = first.next();
    if (slice !== null) return slice;
    cursors.shift();
  }
}
