/**
 * The integer references of the system, as brands. Who issues each, its width and its lifetime are
 * listed in REFS.md beside this file; the widths are fixed (see `test/golden/format`).
 */
import { assert } from "#base/assert.ts";
import type { Brand } from "#base/brand.ts";

/** Isolation unit, u32, issued by the control store; 0 is the default tenant. */
export type TenantId = Brand<number, "TenantId">;
/** Virtual shard, u16, = top log2(V) bits of a placement. */
export type ShardId = Brand<number, "ShardId">;
/** Configuration number of a shard, u32: the fencing token. */
export type Epoch = Brand<number, "Epoch">;
/** Dense position in a shard's log, u64 < 2^53, starts at 1, never restarts. 0 = nothing yet. */
export type Seq = Brand<number, "Seq">;
/** Series inside one shard, u32, issued by the primary in the log, never reused before a cut. */
export type SeriesRef = Brand<number, "SeriesRef">;
/** Milliseconds since the Unix epoch, integer in [-2^52, 2^52). */
export type TimestampMs = Brand<number, "TimestampMs">;

export const SHARDS_MAX = 32_768;
export const U32_MAX = 0xffff_ffff;
/** No series has this ref: the place of one that was refused. */
export const NO_SERIES_REF = 0xffff_ffff;
export const TIMESTAMP_MS_MIN: TimestampMs = -(2 ** 52) as TimestampMs;
/** Largest representable timestamp (the range is half open: < 2^52). */
export const TIMESTAMP_MS_MAX: TimestampMs = (2 ** 52 - 1) as TimestampMs;

export function tenantId(value: number): TenantId {
  assert(Number.isInteger(value) && value >= 0 && value <= U32_MAX, () => `tenant: got ${value}`);
  return value as TenantId;
}

export function shardId(value: number): ShardId {
  assert(
    Number.isInteger(value) && value >= 0 && value < SHARDS_MAX,
    () => `shard: got ${value}, want an integer in [0, ${SHARDS_MAX})`,
  );
  return value as ShardId;
}

export function epoch(value: number): Epoch {
  assert(Number.isInteger(value) && value >= 0 && value <= U32_MAX, () => `epoch: got ${value}`);
  return value as Epoch;
}

export function seq(value: number): Seq {
  assert(Number.isSafeInteger(value) && value >= 0, () => `seq: got ${value}`);
  return value as Seq;
}

export function seriesRef(value: number): SeriesRef {
  assert(Number.isInteger(value) && value >= 0 && value <= U32_MAX, () => `ref: got ${value}`);
  return value as SeriesRef;
}

/** @reserved The one constructor of the brand. */
export function timestampMs(value: number): TimestampMs {
  assert(
    Number.isInteger(value) && value >= TIMESTAMP_MS_MIN && value <= TIMESTAMP_MS_MAX,
    () => `timestamp: got ${value}, want an integer in [-2^52, 2^52)`,
  );
  return value as TimestampMs;
}
