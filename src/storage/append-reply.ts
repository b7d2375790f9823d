/**
 * The answer to a slice, sent when its records are durable (or can no longer be). A shard of which
 * every sample was stored, and that has nothing to tell, is only counted; of the others: refs for
 * the label entries so the receiver can cache them, how many samples were written, and the first
 * rejections in words, because only the owner of a series knows its labels for certain.
 *
 *   u32 x 4   token, writtenCount of shards that are only counted, shardCount, 0
 *   shardCount x
 *     u32 x 10  status, generation, shard, labelCount, writtenCount, rejectedCount, textBytes,
 *               exemplarsWritten, exemplarsRejected, 0
 *     u32[labelCount] refs, padded to 8 · rejections as UTF-8 JSON, padded to 8
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
  /** Samples of shards that are not in the list: each has them all, and knows the refs by heart. */
  readonly writtenCount: number;
  readonly shards: readonly ShardReply[];
}

export interface ShardReply {
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

const REPLY_HEADER_BYTES = 16;
const HEADER_BYTES = 40;
const NO_REJECTIONS: readonly Rejection[] = [];
const NO_TEXT = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The reply as one frame, 8-byte padded. */
export function encodeAppendReply(reply: AppendReply): Uint8Array {
  const texts = reply.shards.map(({ rejections }) =>
    rejections.length === 0 ? NO_TEXT : encoder.encode(JSON.stringify(rejections)),
  );
  let bytes = REPLY_HEADER_BYTES;
  for (const [i, shard] of reply.shards.entries()) bytes += shardBytes(shard, texts[i]!);
  const frame = new Uint8Array(bytes);
  const header = new Uint32Array(frame.buffer, 0, REPLY_HEADER_BYTES / 4);
  header[0] = reply.token;
  header[1] = reply.writtenCount;
  header[2] = reply.shards.length;
  let at = REPLY_HEADER_BYTES;
  for (const [i, shard] of reply.shards.entries()) at = encodeShard(frame, at, shard, texts[i]!);
  return frame;
}

function shardBytes({ refs }: ShardReply, text: Uint8Array): number {
  return HEADER_BYTES + align8(4 * refs.length) + align8(text.length);
}

function encodeShard(frame: Uint8Array, at: number, reply: ShardReply, text: Uint8Array): number {
  const header = new Uint32Array(frame.buffer, at, HEADER_BYTES / 4);
  header[0] = reply.status;
  header[1] = reply.generation;
  header[2] = reply.shard;
  header[3] = reply.refs.length;
  header[4] = reply.writtenCount;
  header[5] = reply.rejectedCount;
  header[6] = text.length;
  header[7] = reply.exemplars?.written ?? 0;
  header[8] = reply.exemplars?.rejected ?? 0;
  new Uint32Array(frame.buffer, at + HEADER_BYTES, reply.refs.length).set(reply.refs);
  frame.set(text, at + HEADER_BYTES + align8(4 * reply.refs.length));
  return at + shardBytes(reply, text);
}

/** `refs` are views into `frame`, valid until the ring space is released. */
export function decodeAppendReply(frame: Uint8Array): AppendReply {
  const header = new Uint32Array(frame.buffer, frame.byteOffset, REPLY_HEADER_BYTES / 4);
  const shards: ShardReply[] = [];
  let at = REPLY_HEADER_BYTES;
  for (let i = 0; i < header[2]!; i++) {
    const fields = new Uint32Array(frame.buffer, frame.byteOffset + at, HEADER_BYTES / 4);
    shards.push(decodeShard(frame, at, fields));
    at += HEADER_BYTES + align8(4 * fields[3]!) + align8(fields[6]!);
  }
  return { token: header[0]!, writtenCount: header[1]!, shards };
}

function decodeShard(frame: Uint8Array, at: number, header: Uint32Array): ShardReply {
  const labelCount = header[3]!;
  const textStart = at + HEADER_BYTES + align8(4 * labelCount);
  const textBytes = header[6]!;
  const exemplars = { written: header[7]!, rejected: header[8]! };
  return {
    status: header[0]!,
    generation: header[1]!,
    shard: header[2]!,
    refs: new Uint32Array(frame.buffer, frame.byteOffset + at + HEADER_BYTES, labelCount),
    writtenCount: header[4]!,
    rejectedCount: header[5]!,
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
