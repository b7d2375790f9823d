/**
 * Two wrong builds in one: switches that break the durability promise on purpose, so that the crash
 * campaigns can prove they would notice. Off unless the environment names them; the node says so in
 * its log when one is on.
 */
export interface Canaries {
  /** Acknowledge without fdatasync. */
  readonly skipSync: boolean;
  /** Acknowledge before the log has the records. */
  readonly ackEarly: boolean;
}

export function canariesOf(environment: Readonly<Record<string, string | undefined>>): Canaries {
  return {
    skipSync: environment["GYRE_CANARY_SKIP_SYNC"] === "1",
    ackEarly: environment["GYRE_CANARY_ACK_EARLY"] === "1",
  };
}
