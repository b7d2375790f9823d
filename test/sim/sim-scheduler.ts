/**
 * The simulator's only source of progress: a heap of events ordered by virtual time, then by a
 * seeded draw (so simultaneous events come in any order, the same one for the same seed), then by
 * number. One event runs at a time; `run` lets all promises settle before the next. The trace hash
 * folds in every event, so two runs of one seed can be compared by one number.
 */
import { assert } from "#base/assert.ts";
import type { Random } from "#runtime/ports/random.ts";

/** More waiting events than this is a leak of timers, not a workload. */
const EVENTS_MAX = 1_000_000;

export interface SimEvent {
  readonly atMs: number;
  readonly tieBreak: number;
  readonly number: number;
  /** Null once cancelled. */
  run: (() => void) | null;
}

export class SimScheduler {
  /** Virtual milliseconds since the start of the run. */
  nowMs = 0;
  eventCount = 0;
  traceHash = 0;
  readonly #random: Random;
  readonly #heap: SimEvent[] = [];
  #nextNumber = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  after(delayMs: number, run: () => void): SimEvent {
    assert(delayMs >= 0, () => `sim: got a delay of ${delayMs} ms`);
    assert(this.#heap.length < EVENTS_MAX, "sim: too many waiting events");
    const event: SimEvent = {
      atMs: this.nowMs + delayMs,
      tieBreak: this.#random.u32(),
      number: this.#nextNumber++,
      run,
    };
    this.#siftUp(event);
    return event;
  }

  /** Runs the next event at or before `limitMs`; false when there is none. */
  step(limitMs: number = Infinity): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (next === undefined || next.atMs > limitMs) return false;
      this.#removeFirst();
      if (next.run === null) continue;
      assert(next.atMs >= this.nowMs, "sim: time went back");
      this.nowMs = next.atMs;
      this.eventCount += 1;
      this.#hash(next);
      next.run();
      return true;
    }
  }

  /** Runs events without letting promises settle: for code that has none. */
  runSync(forMs: number): void {
    const endMs = this.nowMs + forMs;
    while (this.step(endMs)) continue;
    this.nowMs = endMs;
  }

  /** Runs `forMs` of virtual time; between events every promise chain runs to its end. */
  async run(forMs: number): Promise<void> {
    const endMs = this.nowMs + forMs;
    await settled();
    while (this.step(endMs)) await settled();
    this.nowMs = endMs;
  }

  /** Runs until `isDone` holds, at most `limitMs` of virtual time; returns whether it does. */
  async runUntil(isDone: () => boolean, limitMs: number): Promise<boolean> {
    const endMs = this.nowMs + limitMs;
    await settled();
    while (!isDone()) {
      if (!this.step(endMs)) return false;
      await settled();
    }
    return true;
  }

  /** As `runUntil`, for the outcome of a promise. */
  async settle<T>(promise: Promise<T>, limitMs = 3_600_000): Promise<T> {
    let isDone = false;
    const mark = (): void => {
      isDone = true;
    };
    promise.then(mark, mark);
    const done = await this.runUntil(() => isDone, limitMs);
    assert(done, () => `sim: a promise did not settle within ${limitMs} virtual ms`);
    return promise;
  }

  #hash(event: SimEvent): void {
    // Time in microseconds and the event's number are enough to tell two runs apart.
    const micros = Math.round(event.atMs * 1000);
    let hash = Math.imul(this.traceHash ^ (micros >>> 0), 0x01000193);
    hash = Math.imul(hash ^ Math.floor(micros / 2 ** 32), 0x01000193);
    this.traceHash = Math.imul(hash ^ event.number, 0x01000193) >>> 0;
  }

  #siftUp(event: SimEvent): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = event;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: SimEvent, b: SimEvent): boolean {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  if (a.tieBreak !== b.tieBreak) return a.tieBreak < b.tieBreak;
  return a.number < b.number;
}

/** One real turn of the event loop: by its end the queue of microtasks is empty. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
