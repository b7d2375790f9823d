/**
 * The payload of a cut record (FORMAT.md). It stands in the log of the shard, where replicas close
 * the same generation and drop the same series, and again in its series log, which a restart reads.
 */
import { assert } from "#base/assert.ts";
import { EngineError } from "#base/engine-error.ts";
import { CUT_PAYLOAD_BYTES_MAX } from "#storage/head-generation.ts";
import { CORRUPTION } from "#storage/storage-errors.ts";

export interface Cut {
  /** Number of the head generation that it closes. */
  readonly generation: number;
  /** Of the cut record. */
  readonly seq: number;
  /** Newest sample of the shard so far, ms; -Infinity without any. */
  readonly newestMs: number;
  /** Series created later have this ref or a higher one. */
  readonly nextRef: number;
  /** {first ref, count} of the series dropped; refs in a run without a series mean nothing. */
  readonly droppedRuns: Uint32Array;
}

const HEADER_BYTES = 32;
const RUN_BYTES = 8;
const WORD = 2 ** 32;

export function encodeCut(cut: Cut): Uint8Array {
  const { droppedRuns } = cut;
  assert(droppedRuns.length % 2 === 0, "cut: half a run");
  const bytes = new Uint8Array(HEADER_BYTES + 4 * droppedRuns.length);
  assert(bytes.length <= CUT_PAYLOAD_BYTES_MAX, () => `cut: got ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, cut.generation, true);
  view.setUint32(4, droppedRuns.length / 2, true);
  view.setUint32(8, cut.seq % WORD, true);
  view.setUint32(12, Math.floor(cut.seq / WORD), true);
  view.setFloat64(16, cut.newestMs, true);
  view.setUint32(24, cut.nextRef, true);
  for (let i = 0; i < droppedRuns.length; i++) {
    view.setUint32(HEADER_BYTES + 4 * i, droppedRuns[i]!, true);
  }
  return bytes;
}

export function decodeCut(bytes: Uint8Array): Cut {
  if (bytes.length < HEADER_BYTES) throw malformed(`got ${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const runCount = view.getUint32(4, true);
  if (HEADER_BYTES + RUN_BYTES * runCount !== bytes.length) {
    throw malformed(`got ${bytes.length} bytes for ${runCount} runs`);
  }
  const droppedRuns = new Uint32Array(2 * runCount);
  for (let i = 0; i < droppedRuns.length; i++) {
    droppedRuns[i] = view.getUint32(HEADER_BYTES + 4 * i, true);
  }
  return {
    generation: view.getUint32(0, true),
    seq: view.getUint32(12, true) * WORD + view.getUint32(8, true),
    newestMs: view.getFloat64(16, true),
    nextRef: view.getUint32(24, true),
    droppedRuns,
  };
}

function malformed(cause: string): EngineError {
  return new EngineError(CORRUPTION, `cannot decode a cut: ${cause}`);
}
