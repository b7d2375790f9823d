/**
 * Cuts a shard for somebody who waits for its blocks. A cut is refused while too many closed
 * generations wait, or while the log has no room for it.
 */
import { EngineError } from "#base/engine-error.ts";
import type { Timers } from "#runtime/ports/clock.ts";
import { OVERLOADED } from "#storage/storage-errors.ts";
import type { HostedLog } from "./hosted-log.ts";
import type { HostedShard } from "./hosted-shard.ts";

const ATTEMPTS_MAX = 50;
const RETRY_MS = 100;

export interface CutPorts {
  readonly timers: Timers;
  /** Trusted. */
  readonly nowMs: () => number;
}

/** Errors: `storage.overloaded`. */
export async function cutShard(
  log: HostedLog,
  shard: HostedShard,
  { timers, nowMs }: CutPorts,
): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    if (log.cut(shard, nowMs())) return;
    await new Promise<void>((resolve) => {
      timers.after(RETRY_MS, resolve);
    });
  }
  throw new EngineError(
    OVERLOADED,
    `cannot cut shard ${shard.shard}: earlier samples are still on their way to blocks`,
  );
}
