/**
 * The write door: bytes in, verdicts out. Protocol handlers (`ingest`) know content types and
 * answers but not storage; the appender knows bodies and shards but not HTTP. Bodies are copied
 * straight into the memory the kernels read.
 */
import type { TenantId } from "#model/refs.ts";
import type { Verdict } from "./verdict.ts";

export type BodyFormat = "remote-write-1" | "remote-write-2";
export type BodyEncoding = "identity" | "snappy" | "zstd";

export interface BodyOptions {
  readonly tenant: TenantId;
  readonly format: BodyFormat;
  readonly encoding: BodyEncoding;
  /**
   * Samples of any age inside the retention, in any order: the out-of-order window is not asked.
   * For imports, whose sender means it.
   */
  readonly isHistory?: boolean;
  /** The sender's address and program, to spread senders over caches; never for correctness. */
  readonly sender: string;
}

/** One rejected sample (or whole series) with what a sender needs to find it. */
export interface Rejection {
  readonly verdict: Verdict;
  /** `name{a="b", ...}`, cut at 256 characters. */
  readonly series: string;
  /** Integer milliseconds; null when the rejection concerns the whole series. */
  readonly timestampMs: number | null;
  /** More about invalid labels: which one and which limit. */
  readonly detail: string;
}

export interface BodyVerdict {
  readonly samplesWritten: number;
  readonly histogramsWritten: number;
  readonly exemplarsWritten: number;
  readonly rejectedCount: number;
  /** The first few rejections, in body order. */
  readonly rejections: readonly Rejection[];
}

export interface BodySink {
  /** Copies a chunk; false when the body passes the size limit (then only `abort` is allowed). */
  write(chunk: Uint8Array): boolean;
  /**
   * Resolves when every accepted sample is durable. Rejects with an `EngineError`:
   * `storage.body-malformed`, `storage.body-too-large`, `storage.overloaded`,
   * `storage.log-failed`, `storage.deadline-passed`, `storage.shard-unavailable`.
   */
  submit(): Promise<BodyVerdict>;
  abort(): void;
}

export interface BodyAppender {
  /** Largest body as sent, and largest body after decompression, bytes. */
  readonly bodyBytesMax: number;
  readonly decodedBytesMax: number;
  /**
   * `declaredBytes` is the size the sender announced, 0 when it announced none. Null when no memory
   * for another body is free: answer 503 with Retry-After.
   */
  open(options: BodyOptions, declaredBytes: number): BodySink | null;
}
