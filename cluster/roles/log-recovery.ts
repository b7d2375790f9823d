/** What recovering one log told: where to go on, and what an operator must know about it. */
export interface LogRecovery {
  readonly logId: number;
  readonly nextSegmentId: number;
  readonly previousSegmentId: number;
  readonly previousEnd: number;
  readonly records: number;
  readonly tornBytes: number;
  readonly corruptions: readonly string[];
}
