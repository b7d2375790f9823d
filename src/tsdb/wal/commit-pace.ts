/**
 * How long a log rests before a commit so that more requests share its sync. Every sync costs the
 * machine some 60 us of CPU besides the device's own time, so many senders at once are served better
 * by fewer, larger commits. A rest has to pay: where nothing more arrives while the log rests (one
 * sender that waits for each answer, or hardly any load), it soon stops resting. Pure.
 */

/** Longest rest. Senders wait for tens of ms anyway when requests come faster than commits. */
const REST_MS_MAX = 4;
/** Where resting starts again after it did not pay. */
const REST_MS_MIN = 1;
/** Commits without a rest before another is tried: a useless one costs a lone sender 1 ms in 64. */
const TRY_AGAIN_COMMITS = 64;
/** A commit of this size is worth its sync as it is. */
const BYTES_ENOUGH: number = 512 * 1024;

export class CommitPace {
  #restMs = REST_MS_MIN;
  /** Commits until a rest is tried again; 0 while rests pay. */
  #commitsToTry = 0;

  /** Milliseconds to rest now; `waitingBytes` of records wait for the commit. */
  restMs(waitingBytes: number): number {
    if (waitingBytes >= BYTES_ENOUGH) return 0;
    if (this.#commitsToTry === 0) return this.#restMs;
    this.#commitsToTry--;
    return 0;
  }

  /** After a rest: it paid when at least as much came during it as had waited before. */
  rested(bytesBefore: number, bytesAfter: number): void {
    if (bytesAfter >= 2 * bytesBefore) {
      this.#restMs = Math.min(2 * this.#restMs, REST_MS_MAX);
    } else if (this.#restMs > REST_MS_MIN) {
      this.#restMs /= 2;
    } else {
      this.#commitsToTry = TRY_AGAIN_COMMITS;
    }
  }
}
