/** Every background job of a node. A new one gets a row here and a handler in `job-worker.ts`. */
import type { LogIdentity } from "#tsdb/wal/segment-format.ts";
import type { ClosedSegments } from "./list-closed-segments.ts";
import type { ClosedSegment, SegmentReport } from "./verify-segment.ts";

/** One log below a data folder. */
export interface LogAddress {
  readonly data: string;
  readonly identity: LogIdentity;
}

export interface NodeJobs {
  "list-closed-segments": { args: LogAddress; result: ClosedSegments };
  "verify-segment": { args: LogAddress & { segment: ClosedSegment }; result: SegmentReport };
}
