/** What a sender says while it sends, one JSON line a second, and at the end. */
export interface LoadReport {
  /** `made`: the requests are ready; `registered`: every series was sent once. */
  readonly phase: "made" | "registering" | "registered" | "steady" | "done";
  readonly seconds: number;
  /** Acknowledged in this phase. */
  readonly samples: number;
  /** Answers 503, sent again. */
  readonly refused: number;
  /** Answers 400. */
  readonly rejected: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How far the newest request was behind its time. */
  readonly lagMs: number;
  /** Of the sender itself. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}
