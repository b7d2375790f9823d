/**
 * The smallest actor with a log, for tests of drivers: it adds numbers, makes each addition durable
 * before it answers, and reads its log when it starts.
 *
 *   record = amount u32 │ time of writing u32 │ crc u32 over both, seeded by the record before
 *
 * The chain ends the log at the first torn record; the time keeps a record of an earlier life, left
 * behind a new end, from continuing the new chain.
 */
import { assert } from "#base/assert.ts";
import { crc32c } from "#base/hash/crc32c.ts";
import type { Actor, Now } from "#runtime/actor/actor.ts";
import type { DriverMessage, StandardEffect } from "#runtime/actor/standard-effect.ts";

const LOG = "counter/log";
const LOG_BYTES_MAX = 65_536;
const RECORD_BYTES = 12;

export type CounterMessage =
  | { readonly kind: "add"; readonly amount: number; readonly replyTo: number }
  | { readonly kind: "get"; readonly replyTo: number }
  | { readonly kind: "break" };

export interface CounterState {
  phase: "reading" | "syncing" | "running";
  total: number;
  logBytes: number;
  lastCrc: number;
  /** Additions in flight: durable as far as the sync with this tag. */
  waiting: { tag: number; replyTo: number; total: number }[];
  /** Questions that came before the log was read. */
  early: CounterMessage[];
  nextTag: number;
}

export function emptyCounter(): CounterState {
  return {
    phase: "reading",
    total: 0,
    logBytes: 0,
    lastCrc: 0,
    waiting: [],
    early: [],
    nextTag: 1,
  };
}

export const counterActor: Actor<CounterState, CounterMessage | DriverMessage, StandardEffect> = {
  step(state, message, now) {
    switch (message.kind) {
      case "started":
        return [{ kind: "read-disk", path: LOG, offset: 0, length: LOG_BYTES_MAX, tag: 0 }];
      case "disk-read":
        return recovered(state, message.bytes);
      case "disk-failed":
        if (state.phase === "reading" && message.error.code === "disk.not-found") {
          return opened(state, now);
        }
        throw message.error;
      case "disk-done":
        return state.phase === "syncing" ? opened(state, now) : synced(state, message.tag);
      case "break":
        assert(false, "counter: told to break");
        return [];
      case "add":
      case "get":
        if (state.phase !== "running") {
          state.early.push(message);
          return [];
        }
        return handle(state, message, now);
      case "timer":
      case "send-failed":
      case "transmit-failed":
        return [];
    }
  },
};

function recovered(state: CounterState, log: Uint8Array): readonly StandardEffect[] {
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  for (let at = 0; at + RECORD_BYTES <= log.length; at += RECORD_BYTES) {
    const crc = crc32c(log, state.lastCrc, at, at + 8);
    if (view.getUint32(at + 8, true) !== crc) break;
    state.total += view.getUint32(at, true);
    state.lastCrc = crc;
    state.logBytes = at + RECORD_BYTES;
  }
  // What a killed process wrote is readable and not yet durable: nobody may see it before a sync.
  state.phase = "syncing";
  return [{ kind: "sync-disk", path: LOG, tag: 0 }];
}

function opened(state: CounterState, now: Now): readonly StandardEffect[] {
  state.phase = "running";
  return state.early.splice(0).flatMap((message) => handle(state, message, now));
}

function handle(state: CounterState, message: CounterMessage, now: Now): readonly StandardEffect[] {
  if (message.kind === "get") return [{ kind: "reply", to: message.replyTo, value: state.total }];
  if (message.kind !== "add") return [];
  const bytes = new Uint8Array(RECORD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, message.amount, true);
  view.setUint32(4, now.wallMs >>> 0, true);
  state.lastCrc = crc32c(bytes, state.lastCrc, 0, 8);
  view.setUint32(8, state.lastCrc, true);
  const tag = state.nextTag++;
  const offset = state.logBytes;
  state.logBytes += RECORD_BYTES;
  state.total += message.amount;
  state.waiting.push({ tag, replyTo: message.replyTo, total: state.total });
  return [
    // Only the sync's outcome counts; the write's has a tag that nobody waits for.
    { kind: "write-disk", path: LOG, offset, bytes, tag: -1 },
    { kind: "sync-disk", path: LOG, tag },
  ];
}

function synced(state: CounterState, tag: number): readonly StandardEffect[] {
  const durable = state.waiting.filter((waiting) => waiting.tag <= tag);
  state.waiting = state.waiting.filter((waiting) => waiting.tag > tag);
  return durable.map(({ replyTo, total }) => ({ kind: "reply", to: replyTo, value: total }));
}
