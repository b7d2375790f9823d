/** Thread entry of background jobs. */
import { hostJobs } from "#runtime/node/job-pool-host.ts";
import type { JobRunner } from "#runtime/node/job-pool-host.ts";
import { NodeClock } from "#runtime/node/node-clock.ts";
import { NodeDisk } from "#runtime/node/node-disk.ts";
import { NodeTimers } from "#runtime/node/node-timers.ts";
import { listClosedSegments } from "./list-closed-segments.ts";
import type { NodeJobs } from "./node-jobs.ts";
import { ReadPace } from "./read-pace.ts";
import { verifySegment } from "./verify-segment.ts";

/**
 * 1.4 TB a day, at a few percent of one core and of what a disk gives: the log thread's writes must
 * not feel it even on a rotating disk.
 */
const SCRUB_BYTES_PER_SECOND: number = 16 * 1024 * 1024;

export const runJob: JobRunner = hostJobs<NodeJobs>({
  "list-closed-segments": ({ data, identity }) => listClosedSegments(new NodeDisk(data), identity),
  "verify-segment": ({ data, identity, segment }) => {
    const pace = new ReadPace(new NodeClock(), new NodeTimers(), SCRUB_BYTES_PER_SECOND);
    return verifySegment(new NodeDisk(data), identity.logId, segment, (bytes) => pace.pause(bytes));
  },
});
