/**
 * The answer to an append batch, sent when its records are durable (or can no longer be): refs for
 * the label entries so the receiver can cache them, how many samples were written, and the first
 * rejections in words, because only the owner of a series knows its labels for certain.
 *
 *   u32 x 10  token, status, generation, shard, labelCount, writtenCount, rejectedCount, textBytes,
 *             exemplarsWritten, exemplarsRejected
 *   u32[labelCount] refs, padded to 8 · rejections as UTF-8 JSON, padded to 8
 */
import { align8 } from "#base/bytes/align8.ts";
import type { Rejection } from "./body-appender.ts";

export const REPLY_DURABLE = 0;
export const REPLY_UNAVAILABLE = 1;
export const REPLY_OVERLOADED = 2;
export const REPLY_LOG_FAILED = 3;
/** The receiver's refs are of another generation: nothing else is wrong, send the labels again. */
export const REPLY_STALE_REFS = 4;

/** Rejections carried in words per batch; a sender reads the first few, counts tell the rest. */
export const REPLY_REJECTIONS_MAX = 4;

export interface AppendReply {
  readonly token: number;
  readonly status: number;
  readonly generation: number;
  readonly shard: number;
  /** Index-aligned with the label entries of the batch; empty unless durable. */
  readonly refs: Uint32Array;
  /** Samples that are stored now, repeated ones included. */
  readonly writtenCount: number;
  readonly rejectedCount: number;
  readonly rejections: readonly Rejection[];
  /** Of a batch with exemplars; absent when none of them was judged. */
  readonly exemplars?: ExemplarCounts;
}

/** `rejectedCount` of a reply does not contain the exemplars. */
export interface ExemplarCounts {
  /** Stored now, repeated ones included. */
  readonly written: number;
  readonly rejected: number;
}

const HEADER_BYTES = 40;
const NO_REJECTIONS: readonly Rejection[] = [];
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The reply as one frame, 8-byte padded. */
export function encodeAppendReply(reply: AppendReply): Uint8Array {
  const text =
    reply.rejections.length === 0
      ? new Uint8Array(0)
      : encoder.encode(JSON.stringify(reply.rejections));
  const textStart = HEADER_BYTES + align8(4 * reply.refs.length);
  const frame = new Uint8Array(textStart + align8(text.length));
  const header = new Uint32Array(frame.buffer, 0, HEADER_BYTES / 4);
  header[0] = reply.token;
  header[1] = reply.status;
  header[2] = reply.generation;
  header[3] = reply.shard;
  header[4] = reply.refs.length;
  header[5] = reply.writtenCount;
  header[6] = reply.rejectedCount;
  header[7] = text.length;
  header[8] = reply.exemplars?.written ?? 0;
  header[9] = reply.exemplars?.rejected ?? 0;
  new Uint32Array(frame.buffer, HEADER_BYTES, reply.refs.length).set(reply.refs);
  frame.set(text, textStart);
  return frame;
}

/** `refs` is a view into `frame`, valid until the ring space is released. */
export function decodeAppendReply(frame: Uint8Array): AppendReply {
  const header = new Uint32Array(frame.buffer, frame.byteOffset, HEADER_BYTES / 4);
  const labelCount = header[4]!;
  const textStart = HEADER_BYTES + align8(4 * labelCount);
  const textBytes = header[7]!;
  const exemplars = { written: header[8]!, rejected: header[9]! };
  return {
    token: header[0]!,
    status: header[1]!,
    generation: header[2]!,
    shard: header[3]!,
    refs: new Uint32Array(frame.buffer, frame.byteOffset + HEADER_BYTES, labelCount),
    writtenCount: header[5]!,
    rejectedCount: header[6]!,
    rejections:
      textBytes === 0
        ? NO_REJECTIONS
        : // Copied first: TextDecoder refuses views of shared memory.
          (JSON.parse(
            decoder.decode(frame.slice(textStart, textStart + textBytes)),
          ) as readonly Rejection[]),
    ...(exemplars.written + exemplars.rejected > 0 && { exemplars }),
  };
}
