/**
 * What the log thread tells about itself, in shared memory: its state, the segment it appends to and
 * counters. One writer, the log thread; any thread may read at any time. Counters are 64-bit and
 * touched once per group commit.
 *
 *   state u32 │ stop u32 │ segment id i64 │ one i64 per counter │ unused up to 128 B
 */
import { assert } from "#base/assert.ts";

export const LOG_STATUS_BYTES = 128;

/** The first segment of this life is not durable yet: nothing may be acknowledged. */
export const LOG_STARTING = 0;
export const LOG_OPEN = 1;
/** The disk is full; tried again every second. Nothing is acknowledged meanwhile. */
export const LOG_NO_SPACE = 2;
/** Writing failed twice in a row: final, nothing is ever acknowledged again. */
export const LOG_FAULTED = 3;
export const LOG_CLOSED = 4;

const STATE_WORD = 0;
const STOP_WORD = 1;
const SEGMENT_CELL = 1;
const COUNTERS_CELL = 2;

export const logCounters = {
  batches: 0,
  /** Bytes of durable batches, marks included. */
  bytes: 1,
  syncs: 2,
  syncMicros: 3,
  syncMicrosMax: 4,
  errors: 5,
  segments: 6,
} as const;

export type LogCounter = keyof typeof logCounters;

export class LogStatus {
  readonly #words: Int32Array;
  readonly #cells: BigInt64Array;

  constructor(buffer: SharedArrayBuffer, byteOffset: number) {
    assert(byteOffset % 8 === 0, () => `log status: offset ${byteOffset} is not 8-aligned`);
    this.#words = new Int32Array(buffer, byteOffset, 2);
    this.#cells = new BigInt64Array(buffer, byteOffset, LOG_STATUS_BYTES / 8);
  }

  /** One of the LOG_ states. */
  get state(): number {
    return Atomics.load(this.#words, STATE_WORD);
  }

  /** Log thread only. Wakes `whenChanged`. */
  setState(state: number): void {
    if (Atomics.exchange(this.#words, STATE_WORD, state) === state) return;
    Atomics.notify(this.#words, STATE_WORD);
  }

  /** Resolves with the state once it is no longer `state`, or with `state` after `timeoutMs`. */
  async whenChanged(state: number, timeoutMs: number): Promise<number> {
    const wait = Atomics.waitAsync(this.#words, STATE_WORD, state, timeoutMs);
    if (wait.async) await wait.value;
    return this.state;
  }

  /** Asks the log thread to end even while it cannot write. */
  requestStop(): void {
    Atomics.store(this.#words, STOP_WORD, 1);
  }

  get isStopRequested(): boolean {
    return Atomics.load(this.#words, STOP_WORD) !== 0;
  }

  /**
   * The segment appended to. A record handed over after this was read is in this segment or a later
   * one, so it bounds what truncation may drop.
   */
  get segmentId(): number {
    return Number(Atomics.load(this.#cells, SEGMENT_CELL));
  }

  /** Log thread only. */
  setSegmentId(segmentId: number): void {
    Atomics.store(this.#cells, SEGMENT_CELL, BigInt(segmentId));
  }

  read(counter: LogCounter): number {
    return Number(Atomics.load(this.#cells, COUNTERS_CELL + logCounters[counter]));
  }

  /** Log thread only. */
  add(counter: LogCounter, amount: number): void {
    Atomics.add(this.#cells, COUNTERS_CELL + logCounters[counter], BigInt(amount));
  }

  /** Log thread only: keeps the largest value seen. */
  raise(counter: LogCounter, value: number): void {
    if (value <= this.read(counter)) return;
    Atomics.store(this.#cells, COUNTERS_CELL + logCounters[counter], BigInt(value));
  }
}
