/**
 * Decisions of the log writer, without I/O: what to do with a batch, with the outcome of a disk
 * operation and with an error. `stepLog` changes `state` and returns effects, which the driver
 * (`log-loop.ts`) performs in order; the outcome of a disk effect comes back as the next message.
 *
 *   creating ──created──▶ open ──batch──▶ writing ──written──▶ syncing ──synced──▶ open
 *      ▲                   │ full             │ failed             │ failed
 *      └───────────────────┴──────────────────┴────────────────────┘   second failure ──▶ faulted
 *   any failed(no-space) ──▶ no-space ──timer──▶ creating        open ──close──▶ closed
 *
 * Invariants: `publish` only after `synced`; a segment that had a failure is never written again;
 * `durable` only names bytes that a finished sync covers.
 */
import { assert, unreachable } from "#base/assert.ts";
import type { LogPlace } from "./log-place.ts";
import { MARK_BYTES } from "./record-codec.ts";
import { SEGMENT_HEADER_BYTES } from "./segment-format.ts";

/** Recovery reads one segment at a time and truncation drops whole ones; 1 s at full load. */
export const segmentBytesMaxDefault: number = 128 * 1024 * 1024;
/** How often a full disk is tried again: soon enough for an operator, cheap enough for days. */
export const noSpaceRetryMs = 1000;
/** The first failure moves to a new segment, the second in a row gives up. */
const FAILURES_MAX = 2;

export type LogPhase =
  | { readonly kind: "creating" }
  | { readonly kind: "open" }
  | { readonly kind: "writing"; readonly done: number }
  | { readonly kind: "syncing" }
  | { readonly kind: "no-space" }
  | { readonly kind: "faulted" }
  | { readonly kind: "closed" };

interface PendingBatch {
  readonly number: number;
  readonly recordBytes: number;
}

export interface LogActorState {
  phase: LogPhase;
  readonly segmentBytesMax: number;
  /** Segment appended to, or being created. */
  segmentId: number;
  /** Where the next batch goes in it. */
  offset: number;
  /** End of the newest batch known durable: what marks and segment headers state. */
  durable: LogPlace;
  /** Bytes of durable records in this life: what the cursor publishes. */
  position: number;
  batchCount: number;
  batch: PendingBatch | null;
  /** Failures since the last success. */
  failures: number;
  isClosing: boolean;
}

export type LogMessage =
  | { readonly kind: "start" }
  /** The driver has staged records. Only in phase `open`. */
  | { readonly kind: "batch"; readonly recordBytes: number }
  /** `tailBytes`: recovered records that were copied behind the header, durable already. */
  | { readonly kind: "created"; readonly tailBytes: number }
  | { readonly kind: "written"; readonly bytes: number }
  | { readonly kind: "synced" }
  | { readonly kind: "failed"; readonly cause: "no-space" | "io" }
  | { readonly kind: "timer" }
  | { readonly kind: "close" };

export type LogEffect =
  /** Create, header, sync, sync of the folder; answers `created` or `failed`. */
  | { readonly kind: "create-segment"; readonly segmentId: number; readonly previous: LogPlace }
  /** Stamp the staged batch for the segment. */
  | { readonly kind: "seal"; readonly batchNumber: number; readonly durable: LogPlace }
  /** Write bytes [from, to) of the staged batch at `offset`; answers `written` or `failed`. */
  | { readonly kind: "write"; readonly offset: number; readonly from: number; readonly to: number }
  | { readonly kind: "sync" }
  | { readonly kind: "close-segment" }
  /** Close and never write again; `isEmpty`: nothing in it counts, so it may be unlinked. */
  | { readonly kind: "abandon-segment"; readonly isEmpty: boolean }
  /** Announce `position` and give the batch's ring space back. */
  | { readonly kind: "publish"; readonly position: number; readonly batchBytes: number }
  | { readonly kind: "publish-phase"; readonly phase: "open" | "no-space" | "faulted" | "closed" }
  | { readonly kind: "set-timer"; readonly atMs: number };

export function initialLogState(
  segmentId: number,
  previous: LogPlace,
  batchCount: number,
  segmentBytesMax: number = segmentBytesMaxDefault,
): LogActorState {
  return {
    phase: { kind: "closed" },
    segmentBytesMax,
    segmentId,
    offset: 0,
    durable: previous,
    position: 0,
    batchCount,
    batch: null,
    failures: 0,
    isClosing: false,
  };
}

export function stepLog(state: LogActorState, message: LogMessage, nowMs: number): LogEffect[] {
  switch (message.kind) {
    case "start":
      return create(state);
    case "batch":
      return takeBatch(state, message.recordBytes);
    case "created":
      return created(state, message.tailBytes);
    case "written":
      return written(state, message.bytes);
    case "synced":
      return synced(state);
    case "failed":
      return failed(state, message.cause, nowMs);
    case "timer":
      assert(state.phase.kind === "no-space", () => `log: timer while ${state.phase.kind}`);
      state.segmentId++;
      return create(state);
    case "close":
      return close(state);
    default:
      return unreachable(message);
  }
}

function create(state: LogActorState): LogEffect[] {
  state.phase = { kind: "creating" };
  return [{ kind: "create-segment", segmentId: state.segmentId, previous: state.durable }];
}

function takeBatch(state: LogActorState, recordBytes: number): LogEffect[] {
  assert(state.phase.kind === "open" && state.batch === null, "log: batch while not open");
  assert(recordBytes % 8 === 0, () => `log: batch of ${recordBytes} bytes`);
  state.batchCount++;
  state.batch = { number: state.batchCount, recordBytes };
  const end = state.offset + MARK_BYTES + recordBytes;
  if (end > state.segmentBytesMax && state.durable.segmentId === state.segmentId) {
    state.segmentId++;
    return [{ kind: "close-segment" }, ...create(state)];
  }
  return writeBatch(state, state.batch);
}

function writeBatch(state: LogActorState, batch: PendingBatch): LogEffect[] {
  state.phase = { kind: "writing", done: 0 };
  return [
    { kind: "seal", batchNumber: batch.number, durable: state.durable },
    { kind: "write", offset: state.offset, from: 0, to: MARK_BYTES + batch.recordBytes },
  ];
}

function created(state: LogActorState, tailBytes: number): LogEffect[] {
  assert(state.phase.kind === "creating", () => `log: created while ${state.phase.kind}`);
  state.offset = SEGMENT_HEADER_BYTES + tailBytes;
  if (tailBytes > 0) state.durable = { segmentId: state.segmentId, offset: state.offset };
  if (state.batch !== null) return writeBatch(state, state.batch);
  state.failures = 0;
  state.phase = { kind: "open" };
  return [{ kind: "publish-phase", phase: "open" }];
}

function written(state: LogActorState, bytes: number): LogEffect[] {
  const { phase, batch } = state;
  assert(phase.kind === "writing" && batch !== null, () => `log: written while ${phase.kind}`);
  const total = MARK_BYTES + batch.recordBytes;
  const done = phase.done + bytes;
  assert(bytes > 0 && done <= total, () => `log: wrote ${bytes} bytes, ${phase.done} of ${total}`);
  if (done < total) {
    state.phase = { kind: "writing", done };
    return [{ kind: "write", offset: state.offset + done, from: done, to: total }];
  }
  state.phase = { kind: "syncing" };
  return [{ kind: "sync" }];
}

function synced(state: LogActorState): LogEffect[] {
  const { phase, batch } = state;
  assert(phase.kind === "syncing" && batch !== null, () => `log: synced while ${phase.kind}`);
  const batchBytes = MARK_BYTES + batch.recordBytes;
  state.offset += batchBytes;
  state.durable = { segmentId: state.segmentId, offset: state.offset };
  state.position += batch.recordBytes;
  state.batch = null;
  state.failures = 0;
  if (state.isClosing) return [{ kind: "close-segment" }, ...finish(state)];
  state.phase = { kind: "open" };
  return [
    { kind: "publish", position: state.position, batchBytes },
    { kind: "publish-phase", phase: "open" },
  ];
}

function failed(state: LogActorState, cause: "no-space" | "io", nowMs: number): LogEffect[] {
  const { kind } = state.phase;
  assert(
    kind === "creating" || kind === "writing" || kind === "syncing",
    () => `log: failure while ${kind}`,
  );
  const isEmpty = state.durable.segmentId !== state.segmentId;
  const abandon: LogEffect = { kind: "abandon-segment", isEmpty };
  // Only the closing mark was at stake: everything it would have stated is durable.
  if (state.isClosing) return [abandon, ...finish(state)];
  if (cause === "no-space") {
    state.phase = { kind: "no-space" };
    return [
      abandon,
      { kind: "publish-phase", phase: "no-space" },
      { kind: "set-timer", atMs: nowMs + noSpaceRetryMs },
    ];
  }
  state.failures++;
  if (state.failures >= FAILURES_MAX) {
    state.phase = { kind: "faulted" };
    return [abandon, { kind: "publish-phase", phase: "faulted" }];
  }
  state.segmentId++;
  return [abandon, ...create(state)];
}

/** A last mark makes the whole log known durable, so damage to it can never look like a tear. */
function close(state: LogActorState): LogEffect[] {
  const { kind } = state.phase;
  if (kind === "no-space") return finish(state);
  assert(kind === "open", () => `log: close while ${kind}`);
  if (state.durable.segmentId !== state.segmentId)
    return [{ kind: "close-segment" }, ...finish(state)];
  state.isClosing = true;
  state.batchCount++;
  state.batch = { number: state.batchCount, recordBytes: 0 };
  return writeBatch(state, state.batch);
}

function finish(state: LogActorState): LogEffect[] {
  state.phase = { kind: "closed" };
  return [{ kind: "publish-phase", phase: "closed" }];
}
