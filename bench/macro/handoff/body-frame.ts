/**
 * A body on its way to a shard worker: where its bytes are, and how to read them. The same words
 * are the "body" that the worker's receiver holds, so that nothing is copied out of the slots.
 *
 *   token u32 │ length u32 │ tenant u32 │ encoding u32 │ sender u32 │ slots u32 x count
 */
import { tenantId } from "#model/refs.ts";
import type { TenantId } from "#model/refs.ts";
import type { BodyEncoding } from "#storage/body-appender.ts";

const ENCODINGS: readonly BodyEncoding[] = ["identity", "snappy", "zstd"];
const HEADER_WORDS = 5;

export interface BodyFrame {
  readonly token: number;
  readonly length: number;
  readonly tenant: TenantId;
  readonly encoding: BodyEncoding;
  /** Number of a sender that the edge has met. */
  readonly sender: number;
  readonly slots: readonly number[];
}

export function encodeBodyFrame(frame: BodyFrame): Uint8Array {
  const { token, length, tenant, encoding, sender, slots } = frame;
  const words = new Uint32Array(HEADER_WORDS + slots.length);
  words.set([token, length, tenant, ENCODINGS.indexOf(encoding), sender]);
  words.set(slots, HEADER_WORDS);
  return new Uint8Array(words.buffer);
}

/** `bytes` may lie anywhere in a buffer, 4-aligned. */
export function decodeBodyFrame(bytes: Uint8Array): BodyFrame {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return {
    token: words[0]!,
    length: words[1]!,
    tenant: tenantId(words[2]!),
    encoding: ENCODINGS[words[3]!]!,
    sender: words[4]!,
    slots: [...words.subarray(HEADER_WORDS)],
  };
}
