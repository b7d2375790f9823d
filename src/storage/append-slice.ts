/**
 * What a slice of a body holds for the shards of one log: it goes there in one piece, is logged in
 * one turn and answered at once. Views, like the batches inside.
 */
import type { TenantId } from "#model/refs.ts";
import type { AppendBatch } from "./append-batch.ts";

export interface AppendSlice {
  readonly tenant: TenantId;
  readonly isHistory: boolean;
  /** Batches of known series (`packed-batch.ts`), 8-byte aligned; may be empty. */
  readonly packed: Uint8Array;
  /** The others: with label entries, or with items. */
  readonly batches: readonly AppendBatch[];
}
