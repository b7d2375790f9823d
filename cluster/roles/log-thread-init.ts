/** What a log thread is started with. */
import type { LogChannel } from "#tsdb/wal/log-channel.ts";
import type { LogResume } from "#tsdb/wal/log-resume.ts";
import type { LogIdentity } from "#tsdb/wal/segment-format.ts";

export interface LogThreadInit {
  readonly data: string;
  readonly identity: LogIdentity;
  readonly channel: LogChannel;
  readonly resume: LogResume;
  readonly unsafeSkipSync: boolean;
}
