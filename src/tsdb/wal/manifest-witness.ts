/**
 * What a log remembers of the manifests of its shards: a record of the log itself (FORMAT.md) that
 * names the newest version of each. A manifest that is older than that was lost or rolled back.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { SHARDS_MAX, type Epoch } from "#model/refs.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";

/** A manifest version that was durable. */
export interface ManifestWitness {
  readonly epoch: Epoch;
  readonly version: number;
}

/** By shard. */
export type ManifestWitnesses = ReadonlyMap<number, ManifestWitness>;

const ENTRY_BYTES = 16;
const WORD = 2 ** 32;

export function encodeWitnesses(witnesses: ManifestWitnesses): Uint8Array<ArrayBuffer> {
  assert(witnesses.size <= SHARDS_MAX, () => `log: got ${witnesses.size} manifests`);
  const bytes = new Uint8Array(ENTRY_BYTES * witnesses.size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const [shard, { epoch, version }] of witnesses) {
    view.setUint32(at, shard, true);
    view.setUint32(at + 4, epoch, true);
    view.setUint32(at + 8, version % WORD, true);
    view.setUint32(at + 12, Math.floor(version / WORD), true);
    at += ENTRY_BYTES;
  }
  return bytes;
}

export function decodeWitnesses(bytes: Uint8Array, count: number): ManifestWitnesses {
  if (bytes.length !== ENTRY_BYTES * count) {
    const cause = `got ${bytes.length} bytes for ${count} shards`;
    throw new EngineError(CORRUPTION, `cannot decode versions of manifests: ${cause}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const witnesses = new Map<number, ManifestWitness>();
  for (let at = 0; at < bytes.length; at += ENTRY_BYTES) {
    const epoch = view.getUint32(at + 4, true) as Epoch;
    const version = view.getUint32(at + 12, true) * WORD + view.getUint32(at + 8, true);
    witnesses.set(view.getUint32(at, true), { epoch, version });
  }
  return witnesses;
}
