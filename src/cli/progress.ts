/** Tells how far a long transfer has come, every few seconds, and how it went in the end. */
import { formatByteSize } from "#base/units/byte-size.ts";
import type { Clock } from "#runtime/ports/clock.ts";

/** Often enough to be believed alive, seldom enough to be read. */
const INTERVAL_MS = 2000;

export interface ProgressOptions {
  /** `sent`, `received`: what became of the bytes. */
  readonly verb: string;
  /** Null when nobody knows. */
  readonly totalBytes: number | null;
  readonly clock: Clock;
  readonly complain: (text: string) => void;
}

export class Progress {
  readonly #options: ProgressOptions;
  readonly #startMs: number;
  #toldMs: number;
  #bytes = 0;

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#startMs = options.clock.monoMs();
    this.#toldMs = this.#startMs;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    const nowMs = this.#options.clock.monoMs();
    if (nowMs - this.#toldMs < INTERVAL_MS) return;
    this.#toldMs = nowMs;
    this.#options.complain(this.text());
  }

  text(): string {
    const { verb, totalBytes, clock } = this.#options;
    const seconds = Math.max(clock.monoMs() - this.#startMs, 1) / 1000;
    const rate = `${formatByteSize(this.#bytes / seconds)}/s`;
    const done = formatByteSize(this.#bytes);
    if (totalBytes === null || totalBytes === 0) return `${verb} ${done}, ${rate}`;
    const share = Math.floor((100 * this.#bytes) / totalBytes);
    return `${verb} ${done} of ${formatByteSize(totalBytes)} (${share} %), ${rate}`;
  }
}
