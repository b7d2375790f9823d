/** Shards that cannot be read fail what reads them, unless it is content with what is left. */
import { EngineError } from "#base/engine-error.ts";
import type { ShardId } from "#model/refs.ts";
import type { MissingParts } from "#storage/missing-parts.ts";
import { SHARD_UNAVAILABLE } from "#storage/storage-errors.ts";

export function noteFailed(failed: readonly ShardId[], missing: MissingParts | null): void {
  if (failed.length === 0) return;
  if (missing === null) {
    const shards = failed.join(", ");
    throw new EngineError(SHARD_UNAVAILABLE, `cannot read shards ${shards}: they failed`);
  }
  for (const shard of failed) missing.note(shard, "it failed");
}
